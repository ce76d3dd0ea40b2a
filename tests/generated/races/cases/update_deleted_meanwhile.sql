-- why: the conditions on the target are checked again in its new version
-- first: update content set deleted_at = now() where id = 1
-- with: id = 1, creator_id = 7, title = 'new'
-- gives: nothing
--@ scope creator
--! update_deleted_meanwhile
update content set title = :title
where id = :id and creator_id = :creator_id and deleted_at is null
returning id;
