-- Values that stay JSON of unknown structure.
--@ scope system: "shapes only"

-- = map: serde_json::Value
-- = aggregate: Option<serde_json::Value>
-- = member: Option<serde_json::Value>
-- = constant: serde_json::Value
-- = lone: serde_json::Value
-- = null_member: serde_json::Value
-- = empty: serde_json::Value
--! not_understood
select jsonb_build_object(u.name, 1) as map,
       (select jsonb_object_agg(x.name, x.id) from users x) as aggregate,
       jsonb_build_object('a', u.id) -> 'a' as member,
       '{"a": 1}'::jsonb as constant,
       to_jsonb(u.name) as lone,
       coalesce(to_jsonb(u.mood), 'null') as null_member,
       jsonb_build_object() as empty
from users u;

-- = users: Option<serde_json::Value>
-- = ids: Option<Vec<UserId>>
--! as_said
--@ json users
select jsonb_agg(jsonb_build_object('id', u.id, 'id', u.name)) as users, jsonb_agg(u.id) as ids from users u;

-- = settings: my::Settings
-- = stored: Option<serde_json::Value>
-- = o: {settings: serde_json::Value, extra: Option<serde_json::Value>, loud: serde_json::Value}
--! of_types_of_their_own
select c.settings, o.extra as stored, jsonb_build_object('settings', c.settings, 'extra', o.extra, 'loud', u.loud) as o
from content c join users u on u.id = c.creator_id left join organizations o on o.id = c.organization_id;

-- = user: {id: UserId, name: String, email: Option<String>, mood: Option<Mood>, loud: serde_json::Value, roles: Vec<MembershipRole>}
-- = renamed: Option<{id: UserId, name: i32}>
-- = lists: Option<Vec<{id: String}>>
-- = any_key: serde_json::Value
-- = nothing: serde_json::Value
--! combined
select (to_jsonb(u) - 'address') || jsonb_build_object('roles', array(select m.role from memberships m where m.user_id = u.id)) as user,
       case when u.mood = 'happy' then jsonb_build_object('id', u.id, 'name', u.name) || jsonb_build_object('name', 1) end as renamed,
       (select jsonb_agg(jsonb_build_object('id', id::text)) || jsonb_build_array(jsonb_build_object('id', 'x')) || '[]' from organizations) as lists,
       to_jsonb(u) - u.name as any_key,
       jsonb_build_object('a', 1) - 'a' as nothing
from users u;

-- = user: Option<serde_json::Value>
--! of_a_function
select to_jsonb(f) as user from one_user() f;

-- = outer_rows: Option<serde_json::Value>
--! of_an_outer_aggregate
select (select jsonb_agg(jsonb_build_object('id', u.id)) from organizations limit 1) as outer_rows from users u;

-- = tree: Option<Vec<serde_json::Value>>
--! of_a_recursion
with recursive chain (user_id, seen) as (
    select id, jsonb_build_array(jsonb_build_object('id', id)) from users where id = 'ann'
    union all
    select m.user_id, c.seen || jsonb_build_object('id', m.user_id) from memberships m join chain c on m.invited_by = c.user_id
)
select jsonb_agg(seen) as tree from chain;

-- = said: Option<Vec<Option<UserId>>>
--! with_what_the_author_says : (said[?])
select jsonb_agg(u.id) as said from users u;

-- = nulls: {a: Option<String>, b: Vec<Option<i32>>}
--! of_nulls
select jsonb_build_object('a', null, 'b', array[1, null]) as nulls;

-- A cast to a length that is written truncates words, or pads them. They are words of the set no more.
-- = role: MembershipRole
-- = cut: String
-- = padded: String
-- = all_cut: Vec<String>
-- = uncut: MembershipRole
-- = roles: {cut: String, role: MembershipRole}
--! words_of_some_length
select m.role, m.role::varchar(2) as cut, m.role::char(9) as padded, array[m.role]::varchar(2)[] as all_cut, m.role::varchar as uncut,
       jsonb_build_object('cut', m.role::varchar(2), 'role', m.role::varchar) as roles
from memberships m;
