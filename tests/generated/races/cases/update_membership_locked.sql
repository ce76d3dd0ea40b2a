-- why: a membership that is locked is checked again, and stays until the transaction ends
-- first: update memberships set active = false where id = 1
-- with: id = 1, creator_id = 7, name = 'new'
-- gives: nothing
--@ scope creator
--! update_membership_locked
with member as (
  select m.organization_id from memberships m
  where m.organization_id = :id and m.user_id = :creator_id and m.active
  for share
)
update organizations o set name = :name
from member
where o.id = member.organization_id and o.deleted_at is null
returning o.id;
