-- why: a stable function reads with the snapshot of the query that calls it
-- level: basic
--@ scope creator

--! twin_in_a_stable_function
select d.title from content c join all_content() d on d.id = c.id where c.creator_id = :creator_id and c.deleted_at is null
;
