-- why: a left join does not restrict its left side
-- kind: value
--@ scope organizations

--! unnest_kept
select n.id, o.id as mine from notes n left join unnest(:organization_ids) o (id) on n.organization_id = o.id
;
