-- why: comments are in scope only under published content
-- kind: write
--@ scope creator

--! insert_under_unmet_condition
--@ param id int
--@ param body text
--@ param content_id int
insert into comments (id, content_id, body)
select :id, c.id, :body from content c
where c.creator_id = :creator_id and c.deleted_at is null and c.id = :content_id
;
