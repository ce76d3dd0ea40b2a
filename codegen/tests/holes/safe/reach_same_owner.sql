-- why: the owner column is set to the value that it has
-- level: basic
--@ scope creator

--! reach_same_owner
update content set creator_id = :creator_id, title = 'x' where creator_id = :creator_id and deleted_at is null
;
