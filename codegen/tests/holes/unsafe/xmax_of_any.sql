-- why: of a row that is only read, xmax reveals whether another transaction works on it
-- kind: opaque
--@ scope creator

--! xmax_of_any
select id, xmax = 0 as quiet from content where creator_id = :creator_id and deleted_at is null
;
