-- kind: opaque
-- The schema has replaced a built-in function by one in PL/pgSQL that reads rows.
--@ scope creator

--! replaced_in_plpgsql
select initcap(c.title) as title from content c where c.creator_id = :creator_id and c.deleted_at is null;
