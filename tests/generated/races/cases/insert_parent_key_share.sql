-- why: FOR KEY SHARE does not wait for a change of other columns, and so does not see it
-- first: insert into comments values (10, 1, ''); delete from comments where id = 10; update content set deleted_at = now() where id = 1
-- with: id = 10, content_id = 1, creator_id = 7, body = 'new'
-- gives: 10
--@ scope creator
--! insert_parent_key_share
insert into comments (id, content_id, body)
select :id, c.id, :body from content c
where c.id = :content_id and c.creator_id = :creator_id and c.deleted_at is null
for key share
returning id;
