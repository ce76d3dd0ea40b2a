-- why: the content is published, so its comments are in scope
-- level: basic
--@ scope creator

--! insert_under_condition
--@ param id int
--@ param body text
--@ param content_id int
insert into comments (id, content_id, body)
select :id, c.id, :body from content c
where c.creator_id = :creator_id and c.deleted_at is null and c.id = :content_id and c.status = 'published'
;
