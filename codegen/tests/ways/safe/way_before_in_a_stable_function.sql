-- why: a stable function does not see the share that the statement inserts
-- level: hard
--@ scope user

--! way_before_in_a_stable_function
with made as (
  insert into shares (id, project_id, user_id, level)
  select :id, t.project_id, :user_id, 'reader' from tasks t join watchers w on w.task_id = t.id
  where w.user_id = :user_id and t.deleted_at is null
  returning 1
), counted as (select count(*) from made)
select p.slug from counted cross join lateral shared_before(:user_id) p
;
