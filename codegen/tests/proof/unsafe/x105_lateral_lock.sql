-- why: the lock is taken before the owner is tested
-- kind: lock
--@ scope creator

--! x105_lateral_lock
select x.id from content c, lateral (select m.id from media_items m where m.id = c.media_item_id and m.creator_id = c.creator_id and m.deleted_at is null for update) x
 where c.creator_id = :creator_id and c.deleted_at is null
;
