-- why: the children follow from what RETURNING gives, and the parent was deleted by another
-- first: update content set deleted_at = now() where id = 1
-- with: id = 1, creator_id = 7
-- gives: nothing
--@ scope creator
--! update_children_of_deleted
with gone as (
  update content set deleted_at = now()
  where id = :id and creator_id = :creator_id and deleted_at is null
  returning id
)
update comments set deleted_at = now()
from gone
where comments.content_id = gone.id and comments.deleted_at is null
returning comments.id;
