-- why: the view locks before the condition outside drops rows
-- kind: lock
--@ scope creator

--! locking_view
select title from locking where creator_id = :creator_id and deleted_at is null
;
