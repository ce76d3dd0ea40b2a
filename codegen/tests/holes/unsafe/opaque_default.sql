-- why: the default of the omitted argument calls a function that is not understood
-- kind: opaque
--@ scope creator

--! opaque_default
select titled_now(:creator_id) as count
;
