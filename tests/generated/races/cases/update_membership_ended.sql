-- why: the membership is the one that the statement found
-- first: update organizations set name = 'changed' where id = 1; update memberships set active = false where id = 1
-- with: id = 1, creator_id = 7, name = 'new'
-- gives: 1
--@ scope creator
--! update_membership_ended
update organizations o set name = :name
from memberships m
where o.id = :id and o.deleted_at is null
  and m.organization_id = o.id and m.user_id = :creator_id and m.active
returning o.id;
