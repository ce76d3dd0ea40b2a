-- why: another task than the one that is read is watched
-- kind: value
--@ scope user

--! either_way_of_another_row
select t.id from tasks t, tasks u where t.deleted_at is null and u.deleted_at is null
  and (exists (select from watchers w where w.task_id = t.id and w.user_id = :user_id) or exists (select from watchers w where w.task_id = u.id and w.user_id = :user_id))
;
