-- why: ELSE is no way into scope
-- kind: value
--@ scope user

--! either_way_case
select p.id from projects p where p.deleted_at is null and case when p.visibility = 'public' then true else p.slug = 'x' and :user_id is not null end
;
