-- why: the schema has a function of its own among those of PostgreSQL, which gives what it likes
-- kind: value
--@ scope regions

--! unnest_of_the_schema
select s.id from unnest(:region_ids) r (id) join stores s on s.region_id = r.id
;
