-- why: in a padded row the user is NULL, and profiles without a user match
-- kind: value
--@ scope viewer

--! padded_parent
select p.bio
from profiles p, (tags t left join users u on u.display_name = t.name)
where p.who is not distinct from u.id and t.name <> :viewer_id
;
