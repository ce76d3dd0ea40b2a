-- why: the view locks rows before the outer condition drops any
-- kind: lock
--@ scope creator

--! locking_view
select title from locking where creator_id = :creator_id and deleted_at is null
;
