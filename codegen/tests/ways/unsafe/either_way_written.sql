-- why: a public project may be read but not written
-- kind: write
--@ scope user

--! either_way_written
update projects p set slug = :slug where p.deleted_at is null and (p.visibility = 'public' or exists (select from shares s where s.project_id = p.id and s.user_id = :user_id))
;
