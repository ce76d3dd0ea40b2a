-- why: the row that is met need not be in the snapshot; its key has the owner in it
-- first: insert into content values (10, 7, null, 'new', 'of the first session', 9)
-- with: id = 11, creator_id = 7, slug = 'new', title = 'of the second'
-- gives: 10|of the second
--@ scope creator
--! upsert_meets_new
insert into content (id, creator_id, slug, title)
values (:id, :creator_id, :slug, :title)
on conflict (creator_id, slug) do update set title = excluded.title
where content.deleted_at is null
returning id, title;
