-- why: one arm accepts deleted rows
-- kind: influence
--@ scope user

--! either_way_dead
select p.id from projects p where (p.visibility = 'public' and p.deleted_at is null) or exists (select from shares s where s.project_id = p.id and s.user_id = :user_id)
;
