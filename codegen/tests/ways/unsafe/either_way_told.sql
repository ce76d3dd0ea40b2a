-- why: the condition is an output, so all projects are read
-- kind: value
--@ scope user

--! either_way_told
select (p.visibility = 'public' or exists (select from shares s where s.project_id = p.id and s.user_id = :user_id)) as visible from projects p where p.deleted_at is null
;
