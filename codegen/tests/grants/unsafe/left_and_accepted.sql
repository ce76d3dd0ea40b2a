-- kind: grant
-- Two UPDATEs of one row: which of them is applied is not defined.
--@ scope user

--! left_and_accepted
--@ grants organization
with gone as (
    update memberships m set status = 'left'
    where m.user_id = :user_id and m.deleted_at is null
)
update memberships m set status = 'active', expires_at = null
where m.organization_id = :organization_id and m.user_id = :user_id and m.deleted_at is null
returning m.organization_id;
