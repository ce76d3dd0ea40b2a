-- why: the same with a cast that does not change the elements
-- level: basic
--@ scope user

--! any_array_cast
select p.id from projects p where p.deleted_at is null and p.id = any (array(select s.project_id from shares s where s.user_id = :user_id)::int[])
;
