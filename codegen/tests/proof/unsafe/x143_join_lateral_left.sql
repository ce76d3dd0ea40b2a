-- why: a left lateral is not restricted by the outer side's condition on it
-- kind: value
--@ scope creator

--! x143_join_lateral_left
select c.id, x.title from content c left join lateral (select m.title, m.creator_id from media_items m where m.id = c.media_item_id and m.deleted_at is null) x on true
 where c.creator_id = :creator_id and c.deleted_at is null
;
