-- why: ON does not restrict the left side of a left join
-- kind: value
--@ scope user

--! either_way_kept
select p.id from projects p left join countries c on (p.visibility = 'public' or exists (select from shares s where s.project_id = p.id and s.user_id = :user_id)) where p.deleted_at is null
;
