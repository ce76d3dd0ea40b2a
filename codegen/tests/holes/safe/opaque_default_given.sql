-- why: the argument with the opaque default is given
-- level: basic
--@ scope creator

--! opaque_default_given
select titled_now(:creator_id, 'x') as count
;
