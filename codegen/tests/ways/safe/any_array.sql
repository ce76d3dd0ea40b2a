-- why: ANY over an array of what a subquery gives
-- level: basic
--@ scope user

--! any_array
select p.id from projects p where p.deleted_at is null and p.id = any (array(select s.project_id from shares s where s.user_id = :user_id))
;
