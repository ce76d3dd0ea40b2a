-- why: the same by IN
-- level: hard
--@ scope organizations

--! unnest_selected
select n.id from notes n where n.organization_id in (select unnest(:organization_ids))
;
