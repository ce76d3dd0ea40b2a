-- kind: value
-- An operator class of the user has declared the operator as its equality, although it is none.
--@ scope creator

--! class_equals
select c.id from content c where c.creator_id <> :creator_id and c.deleted_at is null;
