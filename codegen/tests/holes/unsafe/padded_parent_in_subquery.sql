-- why: the same with the user in a subquery
-- kind: value
--@ scope viewer

--! padded_parent_in_subquery
select p.bio
from profiles p, (tags t left join (select u.id, u.display_name from users u) u on u.display_name = t.name)
where p.who is not distinct from u.id and t.name <> :viewer_id
;
