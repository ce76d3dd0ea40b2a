-- why: a target that no longer meets ON is no match, so the action for that is taken
-- first: update content set deleted_at = now() where id = 1
-- with: id = 1, creator_id = 7, title = 'new', new_id = 10, slug = 'n'
-- gives: 1 written
-- then: select id, title from content where id in (1, 10) order by id
-- left: 1|first, 10|new
--@ scope creator
--! merge_inserts
merge into content c
using (values (:id::int, :title)) v (id, title)
on c.id = v.id and c.creator_id = :creator_id and c.deleted_at is null
when matched then update set title = v.title
when not matched then insert (id, creator_id, slug, title) values (:new_id, :creator_id, :slug, v.title);
