-- why: DISTINCT keeps the row of A or of a, which depends on both
-- kind: influence
--@ scope creator

--! own_order_distinct
with x as materialized (
  select distinct creator_id from content where deleted_at is null order by creator_id using operator(app.<#))
select x.creator_id from x where x.creator_id = :creator_id;
