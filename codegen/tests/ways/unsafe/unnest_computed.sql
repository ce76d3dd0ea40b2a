-- why: one more than an element is none
-- kind: value
--@ scope organizations

--! unnest_computed
select n.id from notes n where n.organization_id in (select unnest(:organization_ids) + 1)
;
