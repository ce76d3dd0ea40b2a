-- Equal to the owner of the caller's row.
--@ scope creator

--! row_of_one_owner
select c.title from content c where c.creator_id = (select d.creator_id from content d where d.id = :id and d.creator_id = :creator_id and d.deleted_at is null) and c.deleted_at is null;
