-- kind: value
-- That an operator calls itself the opposite of `=` does not make it one.
--@ scope creator

--! negator_so_called
select c.id from content c where (c.creator_id operator(app.<!>) :creator_id) is false and c.deleted_at is null;
