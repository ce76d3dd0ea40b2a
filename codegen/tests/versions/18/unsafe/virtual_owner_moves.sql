-- why: the owner is generated from the column that is written
-- kind: move
--@ scope creator

--! virtual_owner_moves
--@ param path text
update files set path = :path where creator_id = :creator_id and deleted_at is null
;
