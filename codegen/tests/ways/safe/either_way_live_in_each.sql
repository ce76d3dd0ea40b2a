-- why: each arm has the soft-delete condition
-- level: basic
--@ scope user

--! either_way_live_in_each
select p.id from projects p
where (p.visibility = 'public' and p.deleted_at is null) or (exists (select from shares s where s.project_id = p.id and s.user_id = :user_id) and p.deleted_at is null)
;
