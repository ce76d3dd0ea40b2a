--@ scope organization

--! key_not_overridden
insert into descriptions (id, organization_id, body)
select c.id, :organization_id, :body from content c where c.organization_id = :organization_id and c.deleted_at is null;
