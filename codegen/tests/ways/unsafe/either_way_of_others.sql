-- why: shares of others
-- kind: influence
--@ scope user

--! either_way_of_others
select p.id from projects p where p.deleted_at is null and (p.visibility = 'public' or exists (select from shares s where s.project_id = p.id and s.user_id <> :user_id))
;
