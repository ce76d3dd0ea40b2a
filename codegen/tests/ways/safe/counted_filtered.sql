-- why: not (0 = count), with the condition in FILTER
-- level: hard
--@ scope user

--! counted_filtered
select p.slug from projects p
where p.deleted_at is null
  and not (0 = (select count(s.id) filter (where s.project_id = p.id) from shares s where s.user_id = :user_id))
;
