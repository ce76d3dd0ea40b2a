-- why: the schema's own function `unnest` can return anything
-- kind: value
--@ scope regions

--! unnest_of_the_schema
select s.id from unnest(:region_ids) r (id) join stores s on s.region_id = r.id
;
