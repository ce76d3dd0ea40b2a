-- why: the statement inserts the share that brings the project into scope
-- kind: value
--@ scope user

--! way_made
with shared as (
  insert into shares (id, project_id, user_id, level)
  select :id, t.project_id, :user_id, 'reader' from tasks t join watchers w on w.task_id = t.id
  where w.user_id = :user_id and t.deleted_at is null
  returning project_id, user_id
)
select p.slug from projects p join shared s on s.project_id = p.id where p.deleted_at is null
;
