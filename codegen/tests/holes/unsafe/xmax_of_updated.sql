-- why: of an updated row, xmax reveals whether another transaction has locked it
-- kind: opaque
--@ scope creator

--! xmax_of_updated
update content set title = 'x' where creator_id = :creator_id and deleted_at is null returning xmax = 0 as quiet
;
