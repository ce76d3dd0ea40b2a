-- why: the ways to say that a column is true
-- level: basic
--@ scope shut

--! true_of_not_null
select id from books where closed
union all
select id from books where closed = true
union all
select id from books where true = closed
union all
select id from books where closed <> false
union all
select id from books where closed is true
union all
select id from books where closed is not false
union all
select id from books where not not closed
union all
select id from books where coalesce(closed, false)
union all
select id from books where coalesce(closed, true)
union all
select id from books where closed is distinct from false
union all
select id from books where closed and id > 0
union all
select id from books where not (not closed or id > 3)
union all
select id from books where closed in (true)
;
