-- columns: first=never, last=never, none=maybe, second=maybe, name=maybe, user_id=never
--@ scope system: "types only"

--! first_of_an_array_of_rows
select (array_agg(s.token order by s.created_at))[1] as first, (array_agg(s.created_at order by s.created_at desc))[1] as last, (array_agg(s.token) filter (where s.user_agent = 'x'))[1] as none, (array_agg(s.token))[2] as second, (array_agg(s.ip_address))[1] as name, s.user_id from sessions s group by s.user_id
;
