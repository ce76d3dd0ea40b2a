-- kind: value
-- That a class takes an operator for equality does not make it one.
--@ scope creator

--! class_equals
select c.id from content c where c.creator_id <> :creator_id and c.deleted_at is null;
