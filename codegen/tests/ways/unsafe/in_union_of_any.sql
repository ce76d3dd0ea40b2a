-- why: one arm is of anybody's tasks
-- kind: value
--@ scope user

--! in_union_of_any
select p.id from projects p where p.deleted_at is null and p.id in (select s.project_id from shares s where s.user_id = :user_id union select t.project_id from tasks t where t.deleted_at is null)
;
