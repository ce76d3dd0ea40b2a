--@ scope system: "a catalog without tenants"

--: Book(subtitle?, ratings?[?], translations?, price?, size?, published_at?)
--: BookWithAuthor (subtitle?, country?)

--! get_book : Book
select * from books where id = :id;

--! list_books (genre?) : Book
select * from books where :genre is not distinct from genre;

--! insert_book (subtitle?, ratings?[?], translations?, price?, size?, published_at?)
insert into books (author_id, title, subtitle, genre, format, tags, ratings, translations, price, size, pages, published_at)
values (:author_id, :title, :subtitle, :genre, :format, :tags, :ratings, :translations, :price, :size, :pages, :published_at);

--! books_with_authors : BookWithAuthor
select b.id, b.title, b.subtitle, a.name, a.country
from books b join authors a on a.id = b.author_id;

--! authors_and_their_books : (title?, subtitle?)
select a.name, b.title, b.subtitle
from authors a left join books b on b.author_id = a.id;

--! books_of_genre
select title, genre from books where genre = :genre;

--! books_in_formats
select title, format from books where format = any(:formats);

--! books_with_tag
select title, tags from books where :tag = any(tags) order by title limit :limit;

--! set_ratings (ratings?[?])
update books set ratings = :ratings where id = :id;

--! book_ratings : (ratings?[?])
select id, ratings from books;

--! average_prices : (average?)
select genre, avg(price) as average, count(*) as books, max(published_at) is not null as any_published
from books group by genre;

--! cheapest_books
with ranked as (
  select b.id, b.title, row_number() over (partition by b.genre order by b.price) as rank
  from books b
)
select id, title, rank from ranked where rank <= :rank;

--! titles_of_both_kinds
select title, 'book' as kind from books where genre = 'fiction'
union all
select name, 'author' from authors;

--! translations_in (language, fallback) : (translation?)
select title, coalesce(translations ->> :language, translations ->> :fallback) as translation from books;

--! upsert_copy (borrower?, due?) : Copy(borrower?, due?)
insert into shelf.copies (id, book_id, borrower, due) values (:id, :book_id, :borrower, :due)
on conflict (id) do update set borrower = excluded.borrower, due = excluded.due
returning *;

--! copies_in_state : CopyInState(borrower?, due?)
select * from shelf.copies where state = :state;
