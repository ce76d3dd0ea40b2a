-- why: the same as NOT and AND
-- level: basic
--@ scope user

--! either_way_negated
select p.id from projects p where p.deleted_at is null and not (p.visibility <> 'public' and not exists (select from shares s where s.project_id = p.id and s.user_id = :user_id))
;
