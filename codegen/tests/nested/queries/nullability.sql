-- What can be NULL, at each level.
--@ scope system: "shapes only"

-- = members: Option<Vec<{id: Option<UserId>, name: Option<String>}>>
--! a_padded_row_is_an_object_of_nulls
select jsonb_agg(jsonb_build_object('id', u.id, 'name', u.name)) as members
from organizations o
left join memberships m on m.organization_id = o.id
left join users u on u.id = m.user_id;

-- = members: Option<Vec<{id: UserId, name: String, mood: Option<Mood>}>>
--! unless_it_is_filtered
select jsonb_agg(jsonb_build_object('id', u.id, 'name', u.name, 'mood', u.mood)) filter (where u.id is not null) as members
from organizations o
left join memberships m on m.organization_id = o.id
left join users u on u.id = m.user_id;

-- = members: Vec<{id: UserId}>
--! unless_it_is_filtered_and_empty
select coalesce(jsonb_agg(jsonb_build_object('id', u.id)) filter (where u.id is not null), '[]') as members
from organizations o
left join memberships m on m.organization_id = o.id
left join users u on u.id = m.user_id
group by o.id;

-- = users: Option<Vec<Option<{id: UserId, name: String, email: Option<String>, mood: Option<Mood>, loud: serde_json::Value, address: Option<Address>}>>>
--! a_padded_whole_row_is_null
select jsonb_agg(u) as users
from organizations o
left join memberships m on m.organization_id = o.id
left join users u on u.id = m.user_id;

-- = organization: Option<{id: OrganizationId, name: String, extra: Option<serde_json::Value>, more: Option<serde_json::Value>}>
--! an_optional_row
select to_jsonb(o) as organization from content c left join organizations o on o.id = c.organization_id;

-- = organization: Option<{id: OrganizationId, name: String}>
--! an_optional_object
select case when o.id is not null then jsonb_build_object('id', o.id, 'name', o.name) end as organization
from content c left join organizations o on o.id = c.organization_id;

-- = organization: Option<{id: OrganizationId, name: String}>
--! an_optional_object_the_other_way
select case when o.id is null then null else jsonb_build_object('id', o.id, 'name', o.name) end as organization
from content c left join organizations o on o.id = c.organization_id;

-- = organization: Option<{id: OrganizationId}>
--! a_subquery_may_have_no_row
select (select jsonb_build_object('id', o.id) from organizations o where o.id = c.organization_id) as organization
from content c;

-- = members: Vec<{id: UserId}>
--! an_aggregate_in_a_subquery_has_a_row
select coalesce((select jsonb_agg(jsonb_build_object('id', m.user_id)) from memberships m where m.organization_id = o.id), '[]') as members
from organizations o;

-- = stripped: Option<Vec<{id?: UserId, mood?: Option<Mood>}>>
--! keys_that_are_absent
select jsonb_agg(jsonb_strip_nulls(jsonb_build_object('id', u.id, 'mood', u.mood))) as stripped from users u;

-- = stripped: {user?: {mood?: Option<Mood>}, address?: Option<serde_json::Value>}
--! keys_that_are_absent_within
select jsonb_strip_nulls(jsonb_build_object('user', jsonb_build_object('mood', u.mood), 'address', u.address)) as stripped
from users u;

-- = state: {mood: Option<Mood>}
--! one_of_two
select case u.name when 'Ann' then jsonb_build_object('mood', u.mood) else jsonb_build_object('mood', 'happy'::mood) end as state
from users u;

-- = state: {a: serde_json::Value, b: bool}
--! one_of_two_that_differ
select coalesce(case when u.mood = 'happy' then jsonb_build_object('a', 1, 'b', true) end, jsonb_build_object('a', 'x', 'b', false)) as state
from users u;

-- = both: Option<Vec<{id: String, name: Option<String>}>>
--! from_either_arm
select jsonb_agg(x.o) as both
from (select jsonb_build_object('id', id, 'name', name) as o from users
      union all select jsonb_build_object('id', id::text, 'name', null::text) from organizations) x;

-- = grouped: Option<Vec<{role: Option<MembershipRole>}>>
--! left_blank_by_grouping_sets
select jsonb_agg(jsonb_build_object('role', g.role)) as grouped
from (select m.role::text as role from memberships m group by grouping sets ((m.role), ())) g;
