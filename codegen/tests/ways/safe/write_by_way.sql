-- why: a write needs a way by a foreign key, and has one
-- level: basic
--@ scope user

--! write_by_way
update projects p set slug = :slug where p.deleted_at is null and exists (select from shares s where s.project_id = p.id and s.user_id = :user_id)
;
