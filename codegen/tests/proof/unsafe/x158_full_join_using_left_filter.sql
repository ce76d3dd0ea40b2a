-- why: only one side is filtered before the join
-- kind: influence
--@ scope creator

--! x158_full_join_using_left_filter
select x.a, x.b from (select c.creator_id as a, m.creator_id as b from content c full join media_items m using (title) where c.deleted_at is null and m.deleted_at is null) x where x.a = :creator_id
;
