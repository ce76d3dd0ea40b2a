-- why: each alternative of COALESCE is a way into scope
-- level: hard
--@ scope user

--! either_way_by_coalesce
select p.id from projects p where p.deleted_at is null and coalesce(p.visibility = 'public' and p.slug > 'a', p.id in (select s.project_id from shares s where s.user_id = :user_id))
;
