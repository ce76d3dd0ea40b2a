-- why: the argument whose default is not understood is given
-- level: basic
--@ scope creator

--! opaque_default_given
select titled_now(:creator_id, 'x') as count
;
