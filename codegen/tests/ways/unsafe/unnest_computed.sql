-- why: an element plus one is not an element
-- kind: value
--@ scope organizations

--! unnest_computed
select n.id from notes n where n.organization_id in (select unnest(:organization_ids) + 1)
;
