-- why: ctid
-- kind: value
--@ scope creator

--! x148_tid_range
select id from content where ctid > '(0,1)' and creator_id = :creator_id and deleted_at is null
;
