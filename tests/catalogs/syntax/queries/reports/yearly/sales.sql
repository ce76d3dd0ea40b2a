--@ scope system: "a catalog without tenants"

--! published_in
select count(*) as books from books where extract(year from published_at) = :year;

--! by_author : (total?)
select author_id, sum(price) as total from books group by author_id having count(*) > :more_than;

--! months
select date_trunc('month', published_at) as month, count(*) as books
from books where published_at is not null group by 1 order by 1;
