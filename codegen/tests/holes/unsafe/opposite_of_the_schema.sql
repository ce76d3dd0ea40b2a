-- kind: opaque
-- NOT is replaced by the negator that the schema declares, which reads rows.
--@ scope creator

--! opposite_of_the_schema
select c.id from content c where c.creator_id = :creator_id and c.deleted_at is null and not (c.meta ? 'a');
