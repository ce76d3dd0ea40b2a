-- why: the same for a condition with an OR
-- level: basic
--@ scope unhidden_by_arms

--! not_true_by_arms
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
union all
select id from pages where hidden is not true
union all
select id from pages where hidden is distinct from true
union all
select id from pages where not coalesce(hidden, false)
union all
select id from pages where coalesce(hidden, false) = false
union all
select id from pages where hidden is null or not hidden
union all
select id from pages where hidden = false or hidden is unknown
union all
select id from pages where not (hidden is true)
union all
select id from pages where (hidden is true) = false
union all
select id from pages where coalesce(not hidden, true)
union all
select id from pages where (not hidden) is not false
union all
select id from pages where hidden is null
union all
select id from pages where hidden is unknown
;
