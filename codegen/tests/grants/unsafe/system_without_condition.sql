-- kind: grant
-- In system scope too the membership must be active.
--@ scope system: "the gateway has authenticated the user"

--! system_without_condition
--@ grants organization
select m.organization_id, m.role from memberships m
where m.organization_id = :organization_id and m.user_id = :user_id
    and m.deleted_at is null;
