-- why: the condition on top holds in both arms
-- level: hard
--@ scope creator

--! x010_intersect_filtered
select x.creator_id, x.title from (select creator_id, title from content where deleted_at is null
  intersect select creator_id, title from media_items where deleted_at is null) x where x.creator_id = :creator_id
;
