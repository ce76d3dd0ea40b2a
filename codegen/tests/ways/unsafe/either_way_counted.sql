-- why: an aggregate always gives a row, so EXISTS is always true
-- kind: value
--@ scope user

--! either_way_counted
select t.id from tasks t where t.deleted_at is null
  and (exists (select from watchers w where w.task_id = t.id and w.user_id = :user_id)
    or exists (select count(*) from watchers w where w.task_id = t.id and w.user_id = :user_id))
;
