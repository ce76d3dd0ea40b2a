-- why: a write by the way that is one
-- level: basic
--@ scope user

--! write_by_way
update projects p set slug = :slug where p.deleted_at is null and exists (select from shares s where s.project_id = p.id and s.user_id = :user_id)
;
