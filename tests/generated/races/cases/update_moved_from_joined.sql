-- why: the new version no longer meets the condition of the join with the row that was found
-- first: update comments set content_id = 3 where id = 1
-- with: id = 1, creator_id = 7, body = 'new'
-- gives: nothing
--@ scope creator
--! update_moved_from_joined
update comments set body = :body
from content c
where comments.id = :id and comments.deleted_at is null
  and c.id = comments.content_id and c.creator_id = :creator_id and c.deleted_at is null
returning comments.id;
