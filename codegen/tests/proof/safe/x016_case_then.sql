-- why: the subquery is only evaluated where the WHEN holds
-- level: hard
--@ scope creator

--! x016_case_then
select c.id, case when c.updated_by = :creator_id then (select u.email from users u where u.id = c.updated_by) end
  from content c where c.creator_id = :creator_id and c.deleted_at is null
;
