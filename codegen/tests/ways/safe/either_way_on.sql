-- why: in ON of a left join, about the nullable side
-- level: basic
--@ scope user

--! either_way_on
select c.code, p.id from countries c left join projects p on p.slug = c.code and p.deleted_at is null and (p.visibility = 'public' or exists (select from shares s where s.project_id = p.id and s.user_id = :user_id))
;
