-- why: the sequence counts everyone
-- kind: opaque
--@ scope creator

--! x133_nextval
select nextval('audit_log_id_seq') as n from users where id = :creator_id
;
