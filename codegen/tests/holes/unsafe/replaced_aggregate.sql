-- kind: opaque
-- The schema has replaced a built-in aggregate by one whose transition function reads rows.
--@ scope creator

--! replaced_aggregate
select every(c.price > 1) as dear from content c where c.creator_id = :creator_id and c.deleted_at is null;
