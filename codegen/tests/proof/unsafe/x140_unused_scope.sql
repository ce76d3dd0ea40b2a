-- why: the claimed scope is never used
-- kind: value
--@ scope creator

--! x140_unused_scope
select id, name from plans
;
