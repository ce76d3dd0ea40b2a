-- why: the arbiter holds the organization, the condition only narrows
-- level: hard
--@ scope organization

--! x141_upsert_where_or
--@ param user_id text
insert into organization_memberships as m (organization_id, user_id) select o.id, mm.user_id from organizations o join organization_memberships mm on mm.organization_id = o.id where o.id = :organization_id and o.deleted_at is null and mm.user_id = :user_id
on conflict (user_id, organization_id) do update set role = 'admin' where m.organization_id = :organization_id or m.role = 'member'
;
