-- why: <> ANY accepts all that differ from one element
-- kind: value
--@ scope user

--! any_array_different
select p.id from projects p where p.deleted_at is null and p.id <> any (array(select s.project_id from shares s where s.user_id = :user_id))
;
