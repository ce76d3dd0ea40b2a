-- why: all projects except the caller's shares
-- kind: value
--@ scope user

--! in_except_own
select p.id from projects p where p.deleted_at is null and p.id in (select id from projects where deleted_at is null except select s.project_id from shares s where s.user_id = :user_id)
;
