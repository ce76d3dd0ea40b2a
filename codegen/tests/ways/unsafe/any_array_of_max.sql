-- why: an aggregate is not the column of a row
-- kind: value
--@ scope user

--! any_array_of_max
select p.id from projects p where p.deleted_at is null and p.id = any (array(select max(s.project_id) from shares s where s.user_id = :user_id))
;
