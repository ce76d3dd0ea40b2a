-- kind: opaque
-- What the rows are sorted by is the function of the operator class, not that of its operators.
--@ scope creator

--! class_sorts
select c.id from content c where c.creator_id = :creator_id and c.deleted_at is null order by box(point(c.price, 0), point(1, 1));
