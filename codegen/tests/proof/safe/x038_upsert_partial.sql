-- why: the arbiter holds the owner and is about live rows
-- level: hard
--@ scope creator

--! x038_upsert_partial
--@ param slug text
insert into content (creator_id, slug, title) values (:creator_id, :slug, 't') on conflict (creator_id, slug) where deleted_at is null do update set title = excluded.title
;
