-- why: the row that MERGE returns is not proven to be in scope
-- kind: value
--@ scope creator

--! merge_returning_key
with merged as (
merge into media m using content c on m.id = c.media_id and m.creator_id = :creator_id and m.deleted_at is null and c.creator_id = :creator_id and c.deleted_at is null
when matched then update set kind = c.slug
returning m.id)
update content set media_id = merged.id from merged where content.creator_id = :creator_id and content.deleted_at is null
;
