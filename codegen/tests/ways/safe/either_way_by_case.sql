-- why: each branch of CASE is a way into scope
-- level: hard
--@ scope user

--! either_way_by_case
select p.id from projects p where p.deleted_at is null and case p.visibility when 'public' then true else exists (select from shares s where s.project_id = p.id and s.user_id = :user_id) end
;
