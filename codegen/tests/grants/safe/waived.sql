-- level: basic
-- A waiver with a reason.
--@ scope user

--! waived
--@ allow grant: "members may look at what they left"
--@ grants organization
select m.organization_id, m.role from memberships m
where m.organization_id = :organization_id and m.user_id = :user_id
    and m.deleted_at is null;
