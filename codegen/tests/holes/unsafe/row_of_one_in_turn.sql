-- kind: influence
-- The scalar subquery reads rows of others, and fails if there is more than one.
--@ scope creator

--! row_of_one_in_turn
select c.title from content c where c.creator_id = :creator_id and c.deleted_at is null and c.id = (select d.id from content d where d.slug = :slug);
