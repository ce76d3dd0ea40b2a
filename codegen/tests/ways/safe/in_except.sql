-- why: the left side of EXCEPT are the caller's shares
-- level: basic
--@ scope user

--! in_except
select p.id from projects p where p.deleted_at is null and p.id in (select s.project_id from shares s where s.user_id = :user_id except select s.project_id from shares s where s.user_id = :user_id and s.level = 'none')
;
