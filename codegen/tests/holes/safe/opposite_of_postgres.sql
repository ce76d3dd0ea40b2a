-- level: extended
-- The operator has no user-defined negator.
--@ scope creator

--! opposite_of_postgres
select c.id from content c where c.creator_id = :creator_id and c.deleted_at is null and not (c.meta @> '{"a": 1}');
