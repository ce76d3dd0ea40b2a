-- level: extended
-- Built-in functions that are written in SQL read no rows.
--@ scope creator

--! sql_of_postgres
select rpad(c.title, 3) as title, age(c.published_at) as age, (c.published_at, c.published_at) overlaps (c.published_at, interval '1 day') as meets from content c where c.creator_id = :creator_id and c.deleted_at is null;
