-- why: a condition on the merged column of a FULL JOIN restricts both sides
-- level: basic
--@ scope creator

--! reach_full_join
select creator_id from (select creator_id from media where deleted_at is null) a full join (select creator_id from content where deleted_at is null) b using (creator_id) where creator_id = :creator_id
;
