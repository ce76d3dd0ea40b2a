-- why: the new row does not verify the row it was copied from
-- kind: influence
--@ scope creator

--! x103_insert_justifies_itself
insert into media_items (id, creator_id, title)
select r.media_item_id, :creator_id, r.url from media_renditions r
;
