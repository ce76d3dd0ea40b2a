-- why: comparing as bpchar ignores trailing blanks
-- kind: value
--@ scope creator

--! x112_bpchar
select id from content where creator_id::bpchar = :creator_id::bpchar and deleted_at is null
;
