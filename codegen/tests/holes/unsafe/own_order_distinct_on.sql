-- why: DISTINCT ON keeps the row of A or of a, which depends on both
-- kind: influence
--@ scope creator

--! own_order_distinct_on
with x as materialized (
  select distinct on (creator_id) creator_id, title from content where deleted_at is null
  order by creator_id using operator(app.<#), title)
select x.title from x where x.creator_id = :creator_id;
