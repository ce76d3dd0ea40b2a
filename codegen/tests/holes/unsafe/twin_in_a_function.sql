-- kind: value
-- A volatile function reads with a newer snapshot.
--@ scope creator

--! twin_in_a_function
select d.title from content c join all_content_anew() d on d.id = c.id where c.creator_id = :creator_id and c.deleted_at is null;
