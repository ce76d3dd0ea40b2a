-- kind: opaque
-- The schema has replaced a built-in function by one in SQL that reads rows.
--@ scope creator

--! replaced_in_sql
select lpad(c.title, 3) as title from content c where c.creator_id = :creator_id and c.deleted_at is null;
