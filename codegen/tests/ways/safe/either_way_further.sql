-- why: comments of tasks of a project that is in scope in either way
-- level: basic
--@ scope user

--! either_way_further
select c.body from comments c join tasks t on t.id = c.task_id join projects p on p.id = t.project_id
where t.deleted_at is null and p.deleted_at is null and (p.visibility = 'public' or exists (select from shares s where s.project_id = p.id and s.user_id = :user_id))
;
