-- why: count + 1 is above 0 for every project
-- kind: value
--@ scope user

--! counted_and_one
select p.slug from projects p
where p.deleted_at is null
  and (select count(*) + 1 from shares s where s.project_id = p.id and s.user_id = :user_id) > 0
;
