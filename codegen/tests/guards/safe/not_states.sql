-- why: none of two, and what implies it
-- level: basic
--@ scope not_states

--! not_states
select id from books where state <> all('{lost,burnt}')
union all
select id from books where state not in ('lost', 'burnt')
union all
select id from books where state <> 'lost' and state <> 'burnt'
union all
select id from books where state = 'open'
union all
select id from books where state in ('open', 'draft')
union all
select id from books where not (state in ('burnt', 'lost'))
union all
select id from books where not (state = any('{lost,burnt}'))
union all
select id from books where not (state = 'lost' or state = 'burnt')
union all
select id from books where state = any('{open,draft}')
;
