-- why: each project is public or shared with the caller
-- level: basic
--@ scope user

--! either_way
select p.id from projects p where p.deleted_at is null and (p.visibility = 'public' or exists (select from shares s where s.project_id = p.id and s.user_id = :user_id))
;
