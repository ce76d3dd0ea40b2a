-- kind: grant
-- The membership may be missing.
--@ scope user, public

--! id_through_left_join
--@ grants organization
select o.id as organization_id, o.name from organizations o
left join memberships m on m.organization_id = o.id and m.user_id = :user_id and m.status = 'active' and (m.expires_at is null or m.expires_at > now()) and m.deleted_at is null
where o.id = :id and o.deleted_at is null;
