--@ scope system: "a catalog without tenants"

--! genres
select distinct genre from books;

--! most_common : GenreCount()
select genre, count(*) as books from books group by genre order by books desc limit 1;

--! genre_of
select genre from books where id = :id;
