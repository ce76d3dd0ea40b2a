-- why: the same for an array
-- level: basic
--@ scope state_array

--! state_array
select id from books where state in ('draft', 'open')
union all
select id from books where state = any('{draft,open}')
union all
select id from books where state = any(array['open', 'draft'])
union all
select id from books where state = 'draft'
union all
select id from books where state = 'open' or state = 'draft'
union all
select id from books where state in ('open')
union all
select id from books where state = any('{open}')
union all
select id from books where not (state <> all('{draft,open}'))
union all
select id from books where not (state not in ('draft', 'open'))
union all
select id from books where not (state <> 'draft')
union all
select id from books where state in ('draft', 'open', 'lost') and state in ('draft', 'open')
;
