-- why: declared immutable, not seen through
-- kind: opaque
--@ scope creator

--! x130_is_mine
select id from content where is_mine(creator_id, :creator_id) and deleted_at is null
;
