-- The same row on the right side of EXCEPT.
--@ scope creator

--! twin_except
select g.id from (select c.id from content c where c.creator_id = :creator_id and c.deleted_at is null except select d.id from content d) g join content k on k.id = g.id where k.creator_id = :creator_id and k.deleted_at is null;
