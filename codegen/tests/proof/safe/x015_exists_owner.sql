-- why: the positive EXISTS equates the outer owner
-- level: hard
--@ scope creator

--! x015_exists_owner
select c.id from content c where c.deleted_at is null
   and exists (select 1 from users u where u.id = c.creator_id and u.id = :creator_id)
;
