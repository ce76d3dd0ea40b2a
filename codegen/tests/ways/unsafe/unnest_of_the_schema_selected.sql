-- why: the same in the select list
-- kind: value
--@ scope regions

--! unnest_of_the_schema_selected
select s.id from stores s where s.region_id in (select unnest(:region_ids))
;
