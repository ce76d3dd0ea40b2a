-- why: each arm of UNION are the caller's shares
-- level: basic
--@ scope user

--! in_union
select p.id from projects p where p.deleted_at is null and p.id in (select s.project_id from shares s where s.user_id = :user_id union select s.project_id from shares s where s.user_id = :user_id and s.level = 'write')
;
