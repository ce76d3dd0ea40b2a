-- why: the key is computed from the path
-- kind: value
--@ scope creator

--! generated_key
--@ param path text
update paths set note = :path where creator_id = :creator_id
;
