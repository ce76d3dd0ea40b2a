-- why: the order is that of the caller's rows alone
-- level: hard
--@ scope creator

--! own_order
select creator_id, max(title) as title from content
where creator_id = :creator_id and deleted_at is null
group by creator_id order by creator_id using operator(app.<#);
