-- why: the default of the argument calls what cannot be looked into
-- kind: opaque
--@ scope creator

--! opaque_default
select titled_now(:creator_id) as count
;
