-- why: filtered on top of EXCEPT
-- level: hard
--@ scope creator

--! x037_except_filtered
select x.id from (select id, creator_id from media_items where deleted_at is null except select media_item_id, creator_id from content where deleted_at is null) x where x.creator_id = :creator_id
;
