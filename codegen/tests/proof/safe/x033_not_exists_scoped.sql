-- why: the anti join looks at own rows
-- level: basic
--@ scope creator

--! x033_not_exists_scoped
select m.id from media_items m where m.creator_id = :creator_id and m.deleted_at is null
 and not exists (select 1 from content c where c.media_item_id = m.id and c.creator_id = :creator_id and c.deleted_at is null)
;
