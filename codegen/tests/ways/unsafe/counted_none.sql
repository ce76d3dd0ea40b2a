-- why: >= 0 is true for a count of 0
-- kind: value
--@ scope user

--! counted_none
select p.slug from projects p
where p.deleted_at is null and (select count(*) from shares s where s.project_id = p.id and s.user_id = :user_id) >= 0
;
