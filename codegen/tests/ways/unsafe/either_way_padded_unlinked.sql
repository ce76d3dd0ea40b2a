-- why: the outer join is with shares of anyone
-- kind: influence
--@ scope user

--! either_way_padded_unlinked
select distinct p.id from projects p left join shares s on s.project_id = p.id where p.deleted_at is null and (p.visibility = 'public' or s.user_id = :user_id)
;
