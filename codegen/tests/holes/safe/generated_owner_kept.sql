-- why: neither is computed from the size
-- level: basic
--@ scope creator

--! generated_owner_kept
update paths set size = 0 where creator_id = :creator_id
;
