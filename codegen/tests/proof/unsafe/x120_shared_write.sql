-- why: plans are everybody's
-- kind: write
--@ scope creator

--! x120_shared_write
update plans set name = :creator_id where id = 'x'
;
