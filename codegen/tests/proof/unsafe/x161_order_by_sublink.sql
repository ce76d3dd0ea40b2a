-- why: the order depends on others
-- kind: influence
--@ scope creator

--! x161_order_by_sublink
select c.id from content c where c.creator_id = :creator_id and c.deleted_at is null order by (select count(*) from video_playback v where v.content_id = c.id), c.id
;
