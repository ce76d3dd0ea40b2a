-- why: a parent that is locked is checked again; FOR KEY SHARE would not wait
-- first: update content set deleted_at = now() where id = 1
-- with: id = 10, content_id = 1, creator_id = 7, body = 'new'
-- gives: nothing
--@ scope creator
--! insert_parent_locked
insert into comments (id, content_id, body)
select :id, c.id, :body from content c
where c.id = :content_id and c.creator_id = :creator_id and c.deleted_at is null
for share
returning id;
