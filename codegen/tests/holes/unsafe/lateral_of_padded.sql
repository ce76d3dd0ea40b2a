-- why: in a padded row the LATERAL subquery passes NULL on
-- kind: value
--@ scope viewer

--! lateral_of_padded
select p.bio from tags t left join lateral (select u.id from users u where u.display_name = t.name) u on true join profiles p on p.who is not distinct from u.id where t.name <> :viewer_id
;
