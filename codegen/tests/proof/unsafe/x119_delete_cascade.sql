-- why: notes go with the collection
-- kind: destroy
--@ scope creator

--! x119_delete_cascade
--@ param id uuid
delete from collections where id = :id and creator_id = :creator_id
;
