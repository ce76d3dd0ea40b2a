-- why: a foreign key to one partition deletes notes that must be kept
-- kind: destroy
--@ scope creator

--! delete_cascades_from_partition
--@ param id int
delete from drafts where creator_id = :creator_id and id = :id
;
