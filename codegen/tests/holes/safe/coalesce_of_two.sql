-- why: both alternatives have the conditions
-- level: basic
--@ scope creator

--! coalesce_of_two
select id from content where coalesce(price > 0 and creator_id = :creator_id and deleted_at is null, creator_id = :creator_id and deleted_at is null and title = 'x')
;
