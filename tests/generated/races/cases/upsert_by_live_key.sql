-- why: a row that is deleted is no longer in the index by which conflicts are found
-- first: update content set deleted_at = now() where id = 1
-- with: id = 11, creator_id = 7, slug = 'n', title = 'new', position = 1
-- gives: 11|new
--@ scope creator
--! upsert_by_live_key
insert into content (id, creator_id, slug, title, position)
values (:id, :creator_id, :slug, :title, :position)
on conflict (creator_id, position) where deleted_at is null do update set title = excluded.title
returning id, title;
