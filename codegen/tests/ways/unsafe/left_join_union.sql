-- why: a left join does not restrict its left side
-- kind: value
--@ scope user

--! left_join_union
select p.id from projects p left join (select s.project_id from shares s where s.user_id = :user_id union select s.project_id from shares s where s.user_id = :user_id) y on y.project_id = p.id where p.deleted_at is null
;
