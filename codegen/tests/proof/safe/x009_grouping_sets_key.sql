-- why: the owner is a key of every grouping set
-- level: hard
--@ scope creator

--! x009_grouping_sets_key
select g.n from (select creator_id, status, count(*) as n from content where deleted_at is null
                  group by grouping sets ((creator_id, status), (creator_id))) g where g.creator_id = :creator_id
;
