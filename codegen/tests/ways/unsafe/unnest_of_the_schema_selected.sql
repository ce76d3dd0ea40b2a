-- why: the schema has a function of its own among those of PostgreSQL, which gives what it likes
-- kind: value
--@ scope regions

--! unnest_of_the_schema_selected
select s.id from stores s where s.region_id in (select unnest(:region_ids))
;
