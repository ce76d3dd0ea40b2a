-- why: the ways to say that a column is false; this one is never NULL
-- level: basic
--@ scope open

--! false_of_not_null
select id from books where not closed
union all
select id from books where closed = false
union all
select id from books where false = closed
union all
select id from books where closed <> true
union all
select id from books where closed is false
union all
select id from books where closed is not true
union all
select id from books where (closed = false) = true
union all
select id from books where (closed is false) is not false
union all
select id from books where closed = 'f'
union all
select id from books where closed is distinct from true
union all
select id from books where closed is not distinct from false
union all
select id from books where not coalesce(closed, false)
union all
select id from books where not (closed is true)
union all
select id from books where not (closed = true)
union all
select id from books where coalesce(not closed, false)
union all
select id from books where (not closed) is true
union all
select id from books where closed in (false)
union all
select id from books where closed = any('{f}')
union all
select id from books where closed is null or not closed
union all
select id from books where not closed and id > 0
union all
select id from books where case when closed then false else true end = true and not closed
union all
select id from books where not (closed or id > 3)
;
