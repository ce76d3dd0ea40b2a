-- why: one arm is any parameter
-- kind: value
--@ scope user

--! in_union_of_param
select p.id from projects p where p.deleted_at is null and p.id in (select s.project_id from shares s where s.user_id = :user_id union select :id)
;
