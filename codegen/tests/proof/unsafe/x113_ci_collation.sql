-- why: the collation ignores case
-- kind: value
--@ scope creator

--! x113_ci_collation
select id from content where creator_id = :creator_id collate app.ci and deleted_at is null
;
