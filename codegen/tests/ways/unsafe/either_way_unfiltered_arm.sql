-- why: the second way ends in shares of anyone
-- kind: value
--@ scope user

--! either_way_unfiltered_arm
select t.id from tasks t where t.deleted_at is null
  and (exists (select from watchers w where w.task_id = t.id and w.user_id = :user_id)
    or exists (select from projects p join shares s on s.project_id = p.id where p.id = t.project_id and p.deleted_at is null))
;
