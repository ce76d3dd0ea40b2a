-- why: WHERE is evaluated for the row that is met, as it is then
-- first: update content set deleted_at = now() where id = 1
-- with: id = 11, creator_id = 7, slug = 'a', title = 'new'
-- gives: nothing
--@ scope creator
--! upsert_meets_deleted
insert into content (id, creator_id, slug, title)
values (:id, :creator_id, :slug, :title)
on conflict (creator_id, slug) do update set title = excluded.title
where content.deleted_at is null
returning id, title;
