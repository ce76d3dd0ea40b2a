-- why: the new title counts everyone
-- kind: influence
--@ scope creator

--! x160_insert_select_agg
insert into media_items (creator_id, title) select :creator_id, count(*)::text from media_items
;
