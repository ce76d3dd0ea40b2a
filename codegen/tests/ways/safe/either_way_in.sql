-- why: the second way by IN
-- level: basic
--@ scope user

--! either_way_in
select p.id from projects p where p.deleted_at is null and (p.visibility = 'public' or p.id in (select s.project_id from shares s where s.user_id = :user_id))
;
