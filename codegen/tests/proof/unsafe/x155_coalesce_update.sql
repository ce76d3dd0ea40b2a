-- why: the COALESCE lets every owner pass when the parameter is NULL
-- kind: write
--@ scope creator

--! x155_coalesce_update
--@ param who text
update content set title = 'x' where creator_id = coalesce(:who, creator_id) and :creator_id is not null and deleted_at is null
;
