-- why: the owner is computed from the path
-- kind: move
--@ scope creator

--! generated_owner_moves
--@ param path text
update paths set path = :path where creator_id = :creator_id
;
