-- kind: write
-- The same through a view.
--@ scope creator

--! twin_written_through_a_view
update barrier b set title = 'x' from content c where c.id = b.id and c.creator_id = :creator_id and c.deleted_at is null;
