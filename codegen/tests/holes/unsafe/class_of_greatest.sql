-- kind: opaque
-- GREATEST compares by the default operator class, whose function reads rows.
--@ scope creator

--! class_of_greatest
select area(greatest(box(point(c.price, 0), point(1, 1)), box(point(0, 0), point(2, 2)))) as area from content c where c.creator_id = :creator_id and c.deleted_at is null;
