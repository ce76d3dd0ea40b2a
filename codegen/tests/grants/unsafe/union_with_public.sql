-- kind: grant
-- The other arm of UNION is any organization.
--@ scope user, public

--! union_with_public
--@ grants organization
select m.organization_id from memberships m
where m.organization_id = :organization_id and m.user_id = :user_id
    and m.status = 'active' and (m.expires_at is null or m.expires_at > now()) and m.deleted_at is null
union all
select o.id from organizations o where o.id = :other and o.deleted_at is null
limit 1;
