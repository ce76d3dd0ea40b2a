-- why: an equality of two conditions is also true if both are false
-- kind: value
--@ scope user

--! either_way_equal
select p.id from projects p where p.deleted_at is null and (p.visibility = 'public' or exists (select from shares s where s.project_id = p.id and s.user_id = :user_id)) = (p.slug = 'x')
;
