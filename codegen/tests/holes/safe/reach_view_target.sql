-- why: a write through an updatable view
-- level: basic
--@ scope creator

--! reach_view_target
update barrier set title = 'x' where creator_id = :creator_id and deleted_at is null
;
