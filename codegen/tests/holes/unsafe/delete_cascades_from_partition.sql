-- why: a key to one partition takes live notes with it
-- kind: destroy
--@ scope creator

--! delete_cascades_from_partition
--@ param id int
delete from drafts where creator_id = :creator_id and id = :id
;
