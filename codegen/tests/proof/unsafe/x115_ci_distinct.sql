-- why: DISTINCT ignores case and keeps one of several owners
-- kind: influence
--@ scope creator

--! x115_ci_distinct
select g.c from (select distinct creator_id collate app.ci as c from content where deleted_at is null) g where g.c collate "C" = :creator_id
;
