-- level: extended
-- Other built-in aggregates are unchanged.
--@ scope creator

--! aggregate_of_postgres
select bool_and(c.price > 1) as dear, count(*) as items, max(c.title) as title from content c where c.creator_id = :creator_id and c.deleted_at is null;
