-- why: a view with an INSTEAD OF trigger
-- kind: opaque
--@ scope creator

--! read_view_with_instead
select title from triggered where creator_id = :creator_id and deleted_at is null
;
