-- why: the foreign key is generated from the column that is written
-- kind: value
--@ scope creator

--! generated_key
--@ param path text
update paths set note = :path where creator_id = :creator_id
;
