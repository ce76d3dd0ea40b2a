-- why: the row that is met may be deleted
-- verdict: rejected
-- first: update content set deleted_at = now() where id = 1
-- with: id = 11, creator_id = 7, slug = 'a', title = 'new'
-- gives: 1|new
--@ scope creator
--! upsert_without_where
insert into content (id, creator_id, slug, title)
values (:id, :creator_id, :slug, :title)
on conflict (creator_id, slug) do update set title = excluded.title
returning id, title;
