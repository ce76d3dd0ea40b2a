-- why: a public project may be read but not locked
-- kind: lock
--@ scope user

--! either_way_locked
select p.id from projects p where p.deleted_at is null and (p.visibility = 'public' or exists (select from shares s where s.project_id = p.id and s.user_id = :user_id)) for update
;
