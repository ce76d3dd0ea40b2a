-- why: IS TRUE of the OR
-- level: basic
--@ scope user

--! either_way_is_true
select p.id from projects p where p.deleted_at is null and ((p.visibility = 'public' or exists (select from shares s where s.project_id = p.id and s.user_id = :user_id)) is true)
;
