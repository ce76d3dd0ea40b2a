-- why: HAVING is about one of the rows that GROUP BY takes together
-- kind: influence
--@ scope creator

--! own_order_having
select creator_id, max(title) as title from content where deleted_at is null
group by creator_id having creator_id = :creator_id order by creator_id using operator(app.<#);
