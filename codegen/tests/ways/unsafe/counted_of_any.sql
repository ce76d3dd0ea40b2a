-- why: shares of others are counted
-- kind: influence
--@ scope user

--! counted_of_any
select p.slug from projects p
where p.deleted_at is null and p.visibility = 'public'
  and (select count(*) from shares s where s.project_id = p.id) > 0
;
