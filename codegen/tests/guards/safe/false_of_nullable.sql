-- why: the ways to say that a column is false, without those that admit NULL
-- level: basic
--@ scope shown

--! false_of_nullable
select id from pages where not hidden
union all
select id from pages where hidden = false
union all
select id from pages where false = hidden
union all
select id from pages where hidden <> true
union all
select id from pages where hidden is false
union all
select id from pages where hidden is not distinct from false
union all
select id from pages where not coalesce(hidden, true)
union all
select id from pages where (not hidden) is true
union all
select id from pages where coalesce(hidden = false, false)
union all
select id from pages where hidden is not true and hidden is not null
union all
select id from pages where not (hidden is not false)
union all
select id from pages where (hidden = false) is true
union all
select id from pages where hidden = any('{f}')
union all
select id from pages where hidden is not true and hidden is not unknown
;
