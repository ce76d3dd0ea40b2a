-- kind: opaque
-- An aggregate in the place of one of PostgreSQL computes by what reads.
--@ scope creator

--! replaced_aggregate
select every(c.price > 1) as dear from content c where c.creator_id = :creator_id and c.deleted_at is null;
