-- why: the second arm accepts projects without a share of the caller's
-- kind: value
--@ scope user

--! padded_by_is_null
select p.id from projects p left join shares s on s.project_id = p.id and s.user_id = :user_id
where p.deleted_at is null and (p.visibility = 'public' or s.id is null)
;
