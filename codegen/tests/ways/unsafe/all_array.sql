-- why: ALL of an empty array is true
-- kind: value
--@ scope user

--! all_array
select p.id from projects p where p.deleted_at is null and p.id = all (array(select s.project_id from shares s where s.user_id = :user_id))
;
