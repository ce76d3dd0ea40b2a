-- kind: grant
-- The id is of another membership, which may be inactive.
--@ scope user

--! id_of_another_row
--@ opt
--@ grants organization
select o.organization_id, m.role from memberships m
join memberships o on o.user_id = :user_id and o.deleted_at is null
where m.organization_id = :organization_id and m.user_id = :user_id
    and m.status = 'active' and (m.expires_at is null or m.expires_at > now()) and m.deleted_at is null;
