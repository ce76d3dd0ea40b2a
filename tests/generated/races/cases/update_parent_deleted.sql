-- why: the parent is the one that the statement found
-- first: update comments set body = 'changed' where id = 1; update content set deleted_at = now() where id = 1
-- with: id = 1, creator_id = 7, body = 'new'
-- gives: 1
--@ scope creator
--! update_parent_deleted
update comments set body = :body
where id = :id and deleted_at is null
  and exists (
    select from content c
    where c.id = comments.content_id and c.creator_id = :creator_id and c.deleted_at is null)
returning id;
