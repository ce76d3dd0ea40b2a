-- kind: opaque
-- So it does in another language.
--@ scope creator

--! replaced_in_plpgsql
select initcap(c.title) as title from content c where c.creator_id = :creator_id and c.deleted_at is null;
