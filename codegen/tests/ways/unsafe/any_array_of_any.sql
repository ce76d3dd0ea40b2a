-- why: the array is of shares of everybody
-- kind: value
--@ scope user

--! any_array_of_any
select p.id from projects p where p.deleted_at is null and p.id = any (array(select s.project_id from shares s)) and :user_id is not null
;
