-- why: the partition has the rows of A and of a
-- kind: influence
--@ scope creator

--! own_order_window
with x as materialized (
  select creator_id, title, count(*) over (partition by creator_id order by creator_id using operator(app.<#)) as n
  from content where deleted_at is null)
select x.title, x.n from x where x.creator_id = :creator_id;
