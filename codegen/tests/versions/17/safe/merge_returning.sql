-- why: RETURNING of rows in scope
-- level: basic
--@ scope creator

--! merge_returning
merge into media m using content c on m.id = c.media_id and m.creator_id = :creator_id and m.deleted_at is null and c.creator_id = :creator_id and c.deleted_at is null
when matched then update set title = c.title
returning merge_action() as action, m.title, c.slug
;
