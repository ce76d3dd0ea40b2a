-- why: a view over a view with a rule
-- kind: opaque
--@ scope creator

--! read_view_above_rule
select title from above_ruled where creator_id = :creator_id and deleted_at is null
;
