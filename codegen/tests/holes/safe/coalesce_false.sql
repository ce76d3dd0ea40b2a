-- why: NULL counts as false
-- level: basic
--@ scope creator

--! coalesce_false
select id from content where coalesce(creator_id = :creator_id and deleted_at is null, false)
;
