-- why: IS TRUE of a condition is the condition
-- level: hard
--@ scope creator

--! x003_is_true
select id from content where (creator_id = :creator_id) is true and (deleted_at is null) = true
;
