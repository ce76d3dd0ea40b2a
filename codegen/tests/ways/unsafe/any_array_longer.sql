-- why: the array has another element
-- kind: value
--@ scope user

--! any_array_longer
select p.id from projects p where p.deleted_at is null and p.id = any (array(select s.project_id from shares s where s.user_id = :user_id) || :id::int)
;
