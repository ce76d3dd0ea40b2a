-- why: the share is the caller's, but of any project
-- kind: value
--@ scope user

--! either_way_elsewhere
select p.id from projects p where p.deleted_at is null and (p.visibility = 'public' or exists (select from shares s where s.user_id = :user_id))
;
