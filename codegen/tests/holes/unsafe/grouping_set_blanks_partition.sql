-- why: the key of PARTITION BY can be NULL by a grouping set, so it does not separate owners
-- kind: influence
--@ scope creator

--! grouping_set_blanks_partition
select t.n from (select s.there, s.here, sum(count(*)) over (partition by s.here) as n from (select creator_id as there, creator_id as here from content where deleted_at is null) s group by s.there, rollup (s.here)) t where t.there = :creator_id
;
