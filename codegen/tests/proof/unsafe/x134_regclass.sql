-- why: tells which tables exist
-- kind: opaque
--@ scope creator

--! x134_regclass
--@ param t text
select :t::text::regclass::text as t from users where id = :creator_id
;
