-- why: the groups ignore case, the filter does not
-- kind: influence
--@ scope creator

--! x114_ci_group
select g.n from (select creator_id collate app.ci as c, count(*) as n from content where deleted_at is null group by 1) g where g.c collate "C" = :creator_id
;
