-- kind: opaque
-- What the schema has put in the place of a function of PostgreSQL reads what it likes.
--@ scope creator

--! replaced_in_sql
select lpad(c.title, 3) as title from content c where c.creator_id = :creator_id and c.deleted_at is null;
