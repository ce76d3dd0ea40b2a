-- why: a virtual owner column is read as any other
-- level: basic
--@ scope creator

--! virtual_owner
select path from files where creator_id = :creator_id and deleted_at is null
;
