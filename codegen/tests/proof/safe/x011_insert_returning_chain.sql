-- why: RETURNING of a proven insert is an own row
-- level: hard
--@ scope creator

--! x011_insert_returning_chain
--@ param title text
--@ param url text
with m as (insert into media_items (creator_id, title) values (:creator_id, :title) returning id)
insert into media_renditions (media_item_id, quality, url) select m.id, 'hd', :url from m
;
