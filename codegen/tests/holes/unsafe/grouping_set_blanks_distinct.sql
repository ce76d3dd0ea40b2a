-- why: the key of DISTINCT ON can be NULL by a grouping set, so it does not separate owners
-- kind: influence
--@ scope creator

--! grouping_set_blanks_distinct
select t.title from (select distinct on (s.here) s.there, s.here, min(s.title) as title from (select creator_id as there, creator_id as here, title from content where deleted_at is null) s group by s.there, rollup (s.here)) t where t.there = :creator_id
;
