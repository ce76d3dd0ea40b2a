-- why: IS NOT FALSE also accepts NULL
-- kind: value
--@ scope user

--! either_way_not_false
select p.id from projects p where p.deleted_at is null and (p.visibility = 'public' or p.id in (select s.project_id from shares s where s.user_id = :user_id)) is not false
;
