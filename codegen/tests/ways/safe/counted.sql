-- why: a count above 0 means the same as EXISTS
-- level: hard
--@ scope user

--! counted
select p.slug from projects p
where p.deleted_at is null and (select count(*) from shares s where s.project_id = p.id and s.user_id = :user_id) > 0
;
