-- why: detaches by DEFAULT
-- kind: move
--@ scope creator

--! x146_set_null_owner
--@ param id uuid
update content set creator_id = default where id = :id and creator_id = :creator_id and deleted_at is null
;
