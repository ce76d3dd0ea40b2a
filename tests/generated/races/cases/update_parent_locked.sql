-- why: a parent that is locked is checked again as well
-- first: update content set deleted_at = now() where id = 1
-- with: id = 1, content_id = 1, creator_id = 7, body = 'new'
-- gives: nothing
--@ scope creator
--! update_parent_locked
with own as (
  select c.id from content c
  where c.creator_id = :creator_id and c.deleted_at is null and c.id = :content_id
  for share
)
update comments set body = :body
from own
where comments.id = :id and comments.deleted_at is null and own.id = comments.content_id
returning comments.id;
