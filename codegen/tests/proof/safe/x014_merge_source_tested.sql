-- why: every action tests the source
-- level: hard
--@ scope creator

--! x014_merge_source_tested
merge into content t
using media_items m
   on t.slug = 'm-' || m.id and t.creator_id = :creator_id and t.deleted_at is null
when matched and m.creator_id = :creator_id and m.deleted_at is null then update set title = m.title
when not matched and m.creator_id = :creator_id and m.deleted_at is null then insert (creator_id, slug, title) values (:creator_id, 'm-' || m.id, m.title)
;
