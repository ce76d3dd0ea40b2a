-- why: two ORs: the task is watched by the caller or of the project, which is public or shared with the caller
-- level: hard
--@ scope user

--! either_way_twice
select t.id from tasks t join projects p on p.deleted_at is null and (p.visibility = 'public' or exists (select from shares s where s.project_id = p.id and s.user_id = :user_id))
where t.deleted_at is null
  and (p.id = t.project_id or exists (select from watchers w where w.task_id = t.id and w.user_id = :user_id))
;
