-- kind: influence
-- OVERRIDING USER VALUE replaces the key by the next number of a sequence.
--@ scope organization

--! key_overridden
insert into descriptions (id, organization_id, body) overriding user value
select c.id, :organization_id, :body from content c where c.organization_id = :organization_id and c.deleted_at is null
on conflict (id) do update set body = excluded.body where descriptions.id in (
  select c.id from content c where c.organization_id = :organization_id and c.deleted_at is null);
