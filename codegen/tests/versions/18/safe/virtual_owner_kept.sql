-- why: the owner is not generated from the column that is written
-- level: basic
--@ scope creator

--! virtual_owner_kept
update files set size = 0 where creator_id = :creator_id and deleted_at is null
;
