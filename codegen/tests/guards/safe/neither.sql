-- why: NOT of an OR is an AND of NOTs
-- level: basic
--@ scope neither

--! neither
select id from pages where not (a or b)
union all
select id from pages where not a and not b
union all
select id from pages where not (b or a)
union all
select id from pages where a = false and b is false
union all
select id from pages where not a and b <> true
union all
select id from pages where (a or b) = false
union all
select id from pages where (a or b) is false
;
