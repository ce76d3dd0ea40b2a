-- why: the group contains rows of others
-- kind: value
--@ scope user

--! either_way_after_group
select x.n from (select min(visibility) visibility, min(id) id, count(*) n from projects where deleted_at is null group by slug) x
where x.visibility = 'public' or exists (select from shares s where s.project_id = x.id and s.user_id = :user_id)
;
