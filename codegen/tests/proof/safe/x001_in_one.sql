-- why: a list of one is an equality
-- level: hard
--@ scope creator

--! x001_in_one
select id from content where creator_id in (:creator_id) and deleted_at is null
;
