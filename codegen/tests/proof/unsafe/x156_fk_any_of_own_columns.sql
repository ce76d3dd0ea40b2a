-- why: another column of an own row is not a key to media
-- kind: influence
--@ scope creator

--! x156_fk_any_of_own_columns
insert into content (creator_id, media_item_id, slug, title) select :creator_id, f.id, 's', 't' from folders f where f.creator_id = :creator_id and f.deleted_at is null
;
