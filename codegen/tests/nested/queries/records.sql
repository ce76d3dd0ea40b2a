-- Records in PostgreSQL's binary form, whose fields are like columns.
--@ scope system: "shapes only"

-- = users: Vec<{id: UserId, name: String, email: Option<String>, mood: Option<Mood>}>
--! rows_of_a_subquery
select array(select x from (select u.id, u.name, u.email, u.mood from users u order by u.name) x) as users;

-- = users: Vec<{id: UserId, name: String}>
--! ordered_outside
select array(select x from (select u.id, u.name from users u) x order by x.name) as users;

-- = users: Option<Vec<{id: UserId, mood: Option<Mood>}>>
--! aggregated_rows
select array_agg(x order by x.id) as users from (select u.id, u.mood from users u) x;

-- = users: Vec<{id: UserId}>
--! empty_by_default
select coalesce(array_agg(x), '{}') as users from (select u.id from users u) x;

-- = pair: {id: UserId, price: Option<rust_decimal::Decimal>}
--! one_record
select x as pair from (select u.id, c.price from users u join content c on c.creator_id = u.id) x;

-- = content: Option<{id: ContentId, tags: Vec<String>}>
--! no_record_for_an_outer_join
select x as content from users u left join (select c.creator_id as user_id, c.id, c.tags from content c) y
on y.user_id = u.id left join (select c.id, c.tags from content c) x on x.id = y.id;

-- = users: Vec<Option<{id: ContentId}>>
--! a_record_that_is_null
select array(select x from users u left join (select c.creator_id as id, c.id as other from content c) y
on y.id = u.id left join (select c.id from content c) x on x.id = y.other) as users;

-- = organizations: Vec<{id: OrganizationId, members: Vec<{user_id: UserId, role: MembershipRole, name: String}>}>
--! records_in_records
select array(
    select x from (
        select o.id, array(
            select y from (
                select m.user_id, m.role, u.name from memberships m join users u on u.id = m.user_id
                where m.organization_id = o.id order by u.name
            ) y
        ) as members
        from organizations o
    ) x
) as organizations;

-- = users: Vec<{id: UserId, address: Option<Address>, loud: Loud, stated: {mood: Option<Mood>}, content: Vec<ContentId>}>
--! all_that_a_column_can_be
select array(
    select x from (
        select u.id, u.address, u.loud, jsonb_build_object('mood', u.mood) as stated,
               array(select c.id from content c where c.creator_id = u.id) as content
        from users u
    ) x
) as users;

-- = content: Vec<{id: ContentId, settings: my::Settings, extra: Option<serde_json::Value>, tags: Vec<String>}>
--! json_in_a_record
select array(
    select x from (
        select c.id, c.settings, o.extra, c.tags from content c left join organizations o on o.id = c.organization_id
    ) x
) as content;

-- = users: Vec<{id: UserId, mood: Option<Mood>}>
--! through_a_cte
with found as (select u.id, u.mood from users u) select array(select f from found f) as users;

-- = users: Vec<{id: UserId, mood: Option<Mood>}>
--! a_choice_of_two
select case when exists (select from content) then array(select x from (select u.id, u.mood from users u) x)
       else array(select y from (select m.user_id as id, null::mood as mood from memberships m) y) end as users;

-- = users: Option<Vec<{id: UserId, name: String}>>
--! records_that_become_json
select jsonb_agg(x) as users from (select u.id, u.name from users u) x;

-- = user: {id: UserId, rows: Vec<{id: ContentId}>}
--! records_in_json
select jsonb_build_object(
    'id', u.id, 'rows', array(select x from (select c.id from content c where c.creator_id = u.id) x)
) as user
from users u;

-- = people: Vec<{id: UserId, person: UserRecord}>
--! a_row_of_a_table_is_of_its_type
select array(select x from (select u.id, u as person from users u) x) as people;

-- An aggregate keeps the rows that an outer join or a subquery did not find.
-- = content: Vec<Option<{id: ContentId, creator_id: UserId}>>
--! aggregated_without_a_row
select array_agg(x) as content from users u left join (select c.id, c.creator_id from content c) x on x.creator_id = u.id
group by u.id;

-- = content: Vec<{id: ContentId, creator_id: UserId}>
--! aggregated_where_there_is_a_row
select coalesce(array_agg(x) filter (where x.id is not null), '{}') as content
from users u left join (select c.id, c.creator_id from content c) x on x.creator_id = u.id group by u.id;

-- = content: Option<Vec<Option<{id: ContentId}>>>
--! aggregated_from_subqueries
select array_agg((select x from (select c.id from content c where c.creator_id = u.id limit 1) x)) as content from users u;
