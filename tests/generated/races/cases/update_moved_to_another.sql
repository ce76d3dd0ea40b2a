-- why: EXISTS is evaluated again for the new version, which belongs to a row of another creator
-- first: update comments set content_id = 3 where id = 1
-- with: id = 1, creator_id = 7, body = 'new'
-- gives: nothing
--@ scope creator
--! update_moved_to_another
update comments set body = :body
where id = :id and deleted_at is null
  and exists (
    select from content c
    where c.id = comments.content_id and c.creator_id = :creator_id and c.deleted_at is null)
returning id;
