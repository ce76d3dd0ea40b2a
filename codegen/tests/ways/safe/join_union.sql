-- why: a join with a UNION
-- level: basic
--@ scope user

--! join_union
select p.id from projects p join (select s.project_id from shares s where s.user_id = :user_id union all select s.project_id from shares s where s.user_id = :user_id) x on x.project_id = p.id where p.deleted_at is null
;
