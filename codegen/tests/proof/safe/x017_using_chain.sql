-- why: USING twice
-- level: basic
--@ scope creator

--! x017_using_chain
select creator_id, c.slug from content c join media_items m using (creator_id) join folders f using (creator_id)
 where f.creator_id = :creator_id and c.deleted_at is null and m.deleted_at is null and f.deleted_at is null
;
