-- why: ANY of an array of a subquery means the same as IN
-- level: basic
--@ scope user

--! any_array
select p.id from projects p where p.deleted_at is null and p.id = any (array(select s.project_id from shares s where s.user_id = :user_id))
;
