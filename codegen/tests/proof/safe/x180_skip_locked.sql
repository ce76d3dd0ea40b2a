-- why: a queue of the organization
-- level: basic
--@ scope organization

--! x180_skip_locked
with next as (select id from content where organization_id = :organization_id and deleted_at is null and status = 'queued' order by id limit 1 for update skip locked)
update content c set status = 'taken' from next where c.id = next.id and c.organization_id = :organization_id and c.deleted_at is null returning c.id
;
