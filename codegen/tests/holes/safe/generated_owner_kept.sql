-- why: the owner is not generated from the column that is written
-- level: basic
--@ scope creator

--! generated_owner_kept
update paths set size = 0 where creator_id = :creator_id
;
