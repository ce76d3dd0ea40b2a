-- why: a row that the statement inserts is in scope
-- level: basic
--@ scope creator

--! reach_returning
--@ param id int
--@ param other int
with made as (insert into media (id, creator_id, title) values (:id, :creator_id, 't') returning id) update content set media_id = made.id from made where content.id = :other and content.creator_id = :creator_id and content.deleted_at is null
;
