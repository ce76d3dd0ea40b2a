-- why: the key is NULL by the grouping set, not because the column is
-- kind: value
--@ scope creator

--! having_blank_twin
select s.there, count(*) as n from (select deleted_at as there, deleted_at as here from content where creator_id = :creator_id) s group by s.there, rollup (s.here) having s.here is null
;
