-- why: GROUP BY compares as ORDER BY does, and takes the rows of A and a together
-- kind: influence
--@ scope creator

--! own_order_group
with x as materialized (
  select creator_id, max(title) as title from content where deleted_at is null
  group by creator_id order by creator_id using operator(app.<#))
select x.title from x where x.creator_id = :creator_id;
