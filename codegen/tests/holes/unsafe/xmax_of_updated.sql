-- why: of a row that is updated it tells who has locked it
-- kind: opaque
--@ scope creator

--! xmax_of_updated
update content set title = 'x' where creator_id = :creator_id and deleted_at is null returning xmax = 0 as quiet
;
