-- why: the subquery in RETURNING reads by a title, which can be another's id
-- kind: value
--@ scope creator

--! merge_returning_sublink
merge into media m using content c on m.id = c.media_id and m.creator_id = :creator_id and m.deleted_at is null and c.creator_id = :creator_id and c.deleted_at is null
when matched then update set title = c.title
returning (select max(x.title) from content x where x.creator_id = m.title and x.deleted_at is null) as found
;
