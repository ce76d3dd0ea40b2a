-- kind: value
-- The twin is not in scope either.
--@ scope creator

--! twin_of_nobody
select d.title from content d join content c on c.id = d.id where c.creator_id = :other and c.deleted_at is null;
