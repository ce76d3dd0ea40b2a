-- why: a join with the elements of the set
-- level: hard
--@ scope organizations

--! unnest_joined
select n.id, o.place from unnest(:organization_ids) with ordinality o (id, place) join notes n on n.organization_id = o.id
;
