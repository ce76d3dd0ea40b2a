-- why: NOT accepts all others
-- kind: value
--@ scope user

--! any_array_not
select p.id from projects p where p.deleted_at is null and not (p.id = any (array(select s.project_id from shares s where s.user_id = :user_id)))
;
