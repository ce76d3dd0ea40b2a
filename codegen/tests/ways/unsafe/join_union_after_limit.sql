-- why: LIMIT is applied to all projects, before the join
-- kind: influence
--@ scope user

--! join_union_after_limit
select x.id from (select p.id from projects p where p.deleted_at is null limit 3) x join (select s.project_id from shares s where s.user_id = :user_id union select s.project_id from shares s where s.user_id = :user_id) y on y.project_id = x.id
;
