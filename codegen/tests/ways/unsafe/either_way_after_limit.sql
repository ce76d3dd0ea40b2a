-- why: LIMIT is applied before the outer condition
-- kind: influence
--@ scope user

--! either_way_after_limit
select x.id from (select * from projects where deleted_at is null order by id limit 5) x
where x.visibility = 'public' or exists (select from shares s where s.project_id = x.id and s.user_id = :user_id)
;
