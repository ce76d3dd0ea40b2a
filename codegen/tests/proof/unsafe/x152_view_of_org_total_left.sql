-- why: the group is made before the join condition can restrict it
-- kind: influence
--@ scope organization

--! x152_view_of_org_total_left
select o.name, t.items from organizations o left join (select organization_id, count(*) as items, min(deleted_at) as d from content group by organization_id) t on t.organization_id = o.id where o.id = :organization_id and o.deleted_at is null
;
