-- why: by its slug the project can be anybody's, and then nobody watches the task
-- kind: value
--@ scope user

--! either_way_twice_of_any
select t.id from tasks t join projects p on p.deleted_at is null and (p.visibility = 'public' or p.slug = :slug or exists (select from shares s where s.project_id = p.id and s.user_id = :user_id))
where t.deleted_at is null
  and (p.id = t.project_id or exists (select from watchers w where w.task_id = t.id and w.user_id = :user_id))
;
