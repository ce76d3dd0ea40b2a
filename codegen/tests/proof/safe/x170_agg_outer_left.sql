-- why: the totals are restricted by the key of their groups
-- level: hard
--@ scope organization

--! x170_agg_outer_left
select o.name, t.items from organizations o left join (select organization_id, count(*) as items from content where deleted_at is null group by organization_id) t on t.organization_id = o.id where o.id = :organization_id and o.deleted_at is null
;
