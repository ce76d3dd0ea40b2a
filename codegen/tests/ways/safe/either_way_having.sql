-- why: a condition on the grouping key in HAVING
-- level: basic
--@ scope user

--! either_way_having
select p.id, count(*) from projects p where p.deleted_at is null group by p.id having (p.visibility = 'public' or exists (select from shares s where s.project_id = p.id and s.user_id = :user_id))
;
