-- columns: first=maybe, label=maybe, chosen=maybe
--@ scope system: "types only"

--! first_of_an_array_of_nothing
select (array_agg(token order by created_at))[1] as first, (select (array_agg(p.labels))[1] from organization_profiles p group by p.settings limit 1) as label, (array_agg(token))[1:1] as chosen from sessions where user_id = 'nobody'
;
