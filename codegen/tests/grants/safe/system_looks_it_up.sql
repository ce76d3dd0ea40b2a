-- level: basic
-- In system scope whose row it is need not be proven; the conditions are.
--@ scope system: "the gateway has authenticated the user"

--! system_looks_it_up
--@ grants organization as owner
select m.organization_id, m.role from memberships m
where m.organization_id = :organization_id and m.user_id = :user_id
    and m.status = 'active' and (m.expires_at is null or m.expires_at > now()) and m.deleted_at is null and m.role = 'owner';
