-- why: two windows, one without the key
-- kind: influence
--@ scope creator

--! x127_window_no_partition
select x.n from (select creator_id, row_number() over (partition by creator_id) as n, count(*) over () as m from content where deleted_at is null) x where x.creator_id = :creator_id
;
