-- Named row structs and parameter structs, declared on lines of their own and inline.
--@ scope system: "a catalog without tenants"

--: Author(country?, born?, email?) : Eq, Hash, PartialOrd
--# non_exhaustive
--& derive(Debug)

--: NewAuthor(country?, born?)

--! list_authors : Author
--- All authors, by name.
---
--- A second paragraph, with `code`.
select id, name, country, born, email from authors order by name;

--! get_author : Author
select id, name, country, born, email from authors where id = :id;

--! find_author_by_name : Author
select id, name, country, born, email from authors where name = :name;

--! authors_named_like : Author
select id, name, country, born, email from authors where name like :pattern or name like :pattern || '%';

--! insert_author NewAuthor
insert into authors (name, country, born) values (:name, :country, :born);

--! insert_author_returning NewAuthor : Inserted()
insert into authors (name, country, born) values (:name, :country, :born) returning id, name;

--! rename_author Rename() : Inserted()
update authors set name = :name where id = :id returning id, name;

--! move_author (country?)
update authors set country = :country where id = :id;

--! delete_author
--# must_use
--- Deletes an author and returns the number of deleted rows.
delete from authors where id = :id;

--! author_names
select name from authors;

--! author_countries : (country?)
select country from authors;

--! author_countries_named : Country(country?)
select distinct country from authors where country is not null;

--! authors_from (countries[?]) : AuthorFrom(country?)
select id, country from authors where country = any(:countries);

--! count_authors
select count(*) from authors;

--! author_ids_and_moods
select id, mood from authors;

--! has_author
select exists (select from authors where name = :name) as found;
