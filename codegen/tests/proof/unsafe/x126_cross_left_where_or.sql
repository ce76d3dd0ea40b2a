-- why: the OR lets unmatched rows pass
-- kind: value
--@ scope creator

--! x126_cross_left_where_or
select m.title from content c left join media_items m on m.id = c.media_item_id
 where c.creator_id = :creator_id and c.deleted_at is null and (m.id is null or m.deleted_at is null)
;
