-- why: one branch is no way into scope
-- kind: value
--@ scope user

--! either_way_by_case_of_any
select p.id from projects p where p.deleted_at is null and case p.visibility when 'public' then true when 'private' then exists (select from shares s where s.project_id = p.id and s.user_id = :user_id) else p.slug = 'x' end
;
