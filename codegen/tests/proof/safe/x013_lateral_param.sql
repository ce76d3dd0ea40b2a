-- why: the lateral column is the parameter
-- level: hard
--@ scope creator

--! x013_lateral_param
select c.id from content c cross join lateral (select :creator_id::text as me) x where c.creator_id = x.me and c.deleted_at is null
;
