-- why: an element of the set, which the join makes sure is one
-- level: hard
--@ scope organizations

--! unnest_joined
select n.id, o.place from unnest(:organization_ids) with ordinality o (id, place) join notes n on n.organization_id = o.id
;
