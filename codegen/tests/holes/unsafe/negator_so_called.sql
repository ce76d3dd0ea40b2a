-- kind: value
-- A user's operator declares itself the negator of `=`, although it is not.
--@ scope creator

--! negator_so_called
select c.id from content c where (c.creator_id operator(app.<!>) :creator_id) is false and c.deleted_at is null;
