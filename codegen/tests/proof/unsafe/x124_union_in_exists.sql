-- why: one arm of the union does not tie the row
-- kind: value
--@ scope creator

--! x124_union_in_exists
select c.id from content c where c.deleted_at is null and exists (select 1 from users u where u.id = c.creator_id and u.id = :creator_id union all select 1)
;
