-- why: the array is any parameter
-- kind: value
--@ scope organizations

--! unnest_of_any
select n.id from unnest(:ids::int[]) o (id) join notes n on n.organization_id = o.id where o.id = any (:organization_ids) or o.id = :id
;
