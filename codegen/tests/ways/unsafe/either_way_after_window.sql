-- why: rows are numbered before the outer condition
-- kind: value
--@ scope user

--! either_way_after_window
select x.id, x.n from (select *, row_number() over (order by id) n from projects where deleted_at is null) x
where x.visibility = 'public' or exists (select from shares s where s.project_id = x.id and s.user_id = :user_id)
;
