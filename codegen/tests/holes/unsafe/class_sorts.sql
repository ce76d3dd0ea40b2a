-- kind: opaque
-- ORDER BY calls the support function of the operator class, which reads rows.
--@ scope creator

--! class_sorts
select c.id from content c where c.creator_id = :creator_id and c.deleted_at is null order by box(point(c.price, 0), point(1, 1));
