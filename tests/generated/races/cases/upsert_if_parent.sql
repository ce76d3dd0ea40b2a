-- why: what WHERE asks of another row is answered from the snapshot, in which the new row's parent is missing
-- first: insert into content values (10, 7, null, 'p', 'parent', 9); insert into comments values (10, 10, 'child')
-- with: id = 10, content_id = 1, creator_id = 7, body = 'new'
-- gives: nothing
--@ scope creator
--! upsert_if_parent
insert into comments (id, content_id, body)
select :id, c.id, :body from content c
where c.id = :content_id and c.creator_id = :creator_id and c.deleted_at is null
on conflict (id) do update set body = excluded.body
where comments.deleted_at is null
  and exists (
    select from content d
    where d.id = comments.content_id and d.creator_id = :creator_id and d.deleted_at is null)
returning id;
