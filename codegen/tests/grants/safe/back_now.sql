-- level: basic
-- The UPDATE restores the membership.
--@ scope user

--! back_now
--@ allow soft-delete memberships: "who was removed may come back"
--@ grants organization
update memberships m set status = 'active', expires_at = null, deleted_at = null
where m.organization_id = :organization_id and m.user_id = :user_id
returning organization_id, role;
