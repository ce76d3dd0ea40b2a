-- why: tags are everybody's
-- kind: write
--@ scope creator

--! x121_insert_shared
insert into tags (id, name) values (1, :creator_id)
;
