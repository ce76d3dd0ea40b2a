-- why: what is not the path does not change the owner
-- level: basic
--@ scope creator

--! virtual_owner_kept
update files set size = 0 where creator_id = :creator_id and deleted_at is null
;
