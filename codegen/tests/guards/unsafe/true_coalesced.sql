-- why: NULL is taken for true
-- kind: value
--@ scope hidden

--! true_coalesced
select id from pages where coalesce(hidden, true)
;
