-- why: an outer-joined share that is not missing
-- level: basic
--@ scope user

--! either_way_padded
select p.id, s.level from projects p left join shares s on s.project_id = p.id and s.user_id = :user_id
where p.deleted_at is null and (p.visibility = 'public' or s.id is not null)
;
