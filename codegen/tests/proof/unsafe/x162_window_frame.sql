-- why: the frame is as wide as everyone's media
-- kind: influence
--@ scope creator

--! x162_window_frame
select id, sum(price_cents) over (order by id rows (select count(*) from media_items) preceding) as s from content where creator_id = :creator_id and deleted_at is null
;
