-- kind: opaque
-- NOT becomes the operator that the schema calls the opposite.
--@ scope creator

--! opposite_of_the_schema
select c.id from content c where c.creator_id = :creator_id and c.deleted_at is null and not (c.meta ? 'a');
