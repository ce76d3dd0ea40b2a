-- why: the media may be missing, then it is NULL
-- level: hard
--@ scope creator

--! x044_left_join_insert
--@ param media_item_id uuid
insert into content (creator_id, media_item_id, slug, title)
select u.id, m.id, 's', 't' from users u left join media_items m on m.id = :media_item_id and m.creator_id = u.id and m.deleted_at is null where u.id = :creator_id
;
