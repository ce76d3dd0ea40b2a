-- why: a view with another rule beside its own
-- kind: opaque
--@ scope creator

--! read_view_with_rule
select title from ruled where creator_id = :creator_id and deleted_at is null
;
