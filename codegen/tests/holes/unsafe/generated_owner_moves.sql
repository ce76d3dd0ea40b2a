-- why: the owner column is generated from the column that is written
-- kind: move
--@ scope creator

--! generated_owner_moves
--@ param path text
update paths set path = :path where creator_id = :creator_id
;
