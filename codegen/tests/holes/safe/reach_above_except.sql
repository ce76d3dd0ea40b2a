-- why: the condition above EXCEPT is pushed down
-- level: basic
--@ scope creator

--! reach_above_except
select * from (select creator_id, title, deleted_at from content except select creator_id, title, deleted_at from media) x where creator_id = :creator_id and deleted_at is null
;
