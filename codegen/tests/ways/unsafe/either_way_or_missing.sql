-- why: the project is missing also if it is not public, so its absence reveals it
-- kind: value
--@ scope user

--! either_way_or_missing
select c.code, p.id from countries c left join projects p on p.slug = c.code and p.deleted_at is null
where (p.visibility = 'public' or p.id is null) and :user_id is not null
;
