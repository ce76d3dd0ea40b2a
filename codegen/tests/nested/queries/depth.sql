-- Several levels of nesting.
--@ scope system: "shapes only"

-- = organization: {id: OrganizationId, members: Vec<{role: MembershipRole, invited_by: Option<UserId>, user: {id: UserId, name: String}}>}
--! organization_members_user
select jsonb_build_object(
    'id', o.id,
    'members', coalesce((
        select jsonb_agg(jsonb_build_object(
            'role', m.role,
            'invited_by', m.invited_by,
            'user', jsonb_build_object('id', u.id, 'name', u.name)
        ) order by u.name)
        from memberships m join users u on u.id = m.user_id
        where m.organization_id = o.id
    ), '[]')
) as organization
from organizations o;

-- = id: OrganizationId
-- = members: Vec<{role: MembershipRole, user: {id: UserId, content: Vec<{id: ContentId, tags: Vec<String>}>}}>
--! by_lateral
select o.id, x.members
from organizations o
cross join lateral (
    select coalesce(jsonb_agg(jsonb_build_object('role', m.role, 'user', jsonb_build_object('id', u.id, 'content', y.content))), '[]') as members
    from memberships m
    join users u on u.id = m.user_id
    left join lateral (
        select coalesce(jsonb_agg(jsonb_build_object('id', c.id, 'tags', c.tags)), '[]') as content
        from content c where c.creator_id = u.id
    ) y on true
    where m.organization_id = o.id
) x;

-- = x: Option<Vec<{id: UserId, held: Vec<{role: MembershipRole, organization_id: OrganizationId}>}>>
--! by_ctes
with held as (
    select m.user_id, jsonb_agg(jsonb_build_object('role', m.role, 'organization_id', m.organization_id)) as held
    from memberships m group by m.user_id
), people as (
    select u.id, coalesce(h.held, '[]') as held from users u left join held h on h.user_id = u.id
)
select jsonb_agg(p) as x from people p;

-- = row: {id: UserId, roles: Vec<MembershipRole>}
--! a_row_of_a_subquery
select row_to_json(x) as row
from (select u.id, array(select m.role from memberships m where m.user_id = u.id) as roles from users u) x;

-- = row: Option<{id: UserId, roles: Vec<MembershipRole>}>
--! a_padded_row_of_a_subquery
select to_jsonb(x) as row
from organizations o
left join (select u.id, array(select m.role from memberships m where m.user_id = u.id) as roles from users u) x on x.id = o.name;

-- = address: Option<serde_json::Value>
-- = state: {mood: Option<Mood>}
--! through_a_view
select p.address, p.state from people p;

-- = person: {id: UserId, name: String, address: Option<Address>, state: {mood: Option<Mood>}}
--! a_row_of_a_view
select to_jsonb(p) as person from people p;

-- = created: {id: UserId, address: Option<Address>}
--! of_what_was_written
insert into users (id, name, email, loud) values ('zoe', 'Zoe', 'z@b', 'a')
returning jsonb_build_object('id', id, 'address', address) as created;

-- = casts: Option<Vec<{id: UserId}>>
--! through_casts
select json_agg(json_build_object('id', u.id)::jsonb)::jsonb::json as casts from users u;

-- = names: {from: UserId, the first: String, type: String, a.b: i32, to: i32}
--! keys_that_are_no_names
select jsonb_build_object('from', u.id, 'the first', u.name, 'type', u.name, 'a.b', 1, 'to', 2) as names from users u;

-- = names: {id: UserId, name: String, email: Option<String>, mood: Option<Mood>, loud: serde_json::Value, address: Option<Address>}
--! a_table_has_its_own_names
select to_jsonb(x) as names from users x (a, b);
