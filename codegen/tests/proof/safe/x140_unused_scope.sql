-- why: a shared table needs nothing to be read; the token still says that the caller is a creator
-- level: basic
--@ scope creator

--! x140_unused_scope
select id, name from plans
;
