-- why: the ways to say that a column is true, which NULL is not
-- level: basic
--@ scope hidden

--! true_of_nullable
select id from pages where hidden
union all
select id from pages where hidden = true
union all
select id from pages where hidden is true
union all
select id from pages where hidden <> false
union all
select id from pages where coalesce(hidden, false)
union all
select id from pages where hidden is not false and hidden is not null
union all
select id from pages where not (hidden is not true)
union all
select id from pages where not (hidden is distinct from true)
;
