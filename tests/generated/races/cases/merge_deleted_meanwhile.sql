-- why: ON is evaluated again for the new version of the target, and no action is left
-- first: update content set deleted_at = now() where id = 1
-- with: id = 1, creator_id = 7, title = 'new'
-- gives: 0 written
--@ scope creator
--! merge_deleted_meanwhile
merge into content c
using (values (:id::int, :title)) v (id, title)
on c.id = v.id and c.creator_id = :creator_id and c.deleted_at is null
when matched then update set title = v.title;
