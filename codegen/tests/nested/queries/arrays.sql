-- Arrays of objects, in all forms in which they can be written.
--@ scope system: "shapes only"

-- = users: Option<Vec<{id: UserId, name: String, mood: Option<Mood>}>>
--! aggregate_of_objects
select jsonb_agg(jsonb_build_object('id', u.id, 'name', u.name, 'mood', u.mood)) as users from users u;

-- = users: Vec<{id: UserId}>
--! empty_is_an_array
select coalesce(json_agg(json_build_object('id', u.id)), '[]') as users from users u;

-- = users: Vec<{id: UserId}>
--! empty_by_hand
select coalesce(jsonb_agg(jsonb_build_object('id', u.id)), jsonb_build_array()) as users from users u;

-- = users: Vec<{id: UserId}>
--! of_a_group
select jsonb_agg(jsonb_build_object('id', u.id)) as users from users u group by u.mood;

-- = users: Option<Vec<{id: UserId}>>
--! of_a_group_with_a_filter
select jsonb_agg(jsonb_build_object('id', u.id)) filter (where u.mood is not null) as users from users u group by u.loud;

-- = moods: Option<Vec<{mood: Mood}>>
--! the_filter_tells
select jsonb_agg(jsonb_build_object('mood', u.mood)) filter (where u.mood is not null) as moods from users u;

-- = moods: Option<Vec<Option<Mood>>>
-- = ids: Option<Vec<UserId>>
-- = prices: Option<Vec<Option<rust_decimal::Decimal>>>
--! of_plain_values
select jsonb_agg(u.mood) as moods, jsonb_agg(u.id) as ids, (select json_agg(c.price) from content c) as prices
from users u;

-- = ids: Vec<{id: UserId}>
-- = more: Vec<{id: UserId}>
-- = rows: Vec<{f1: UserId, f2: Option<Mood>}>
--! array_subqueries
select array(select jsonb_build_object('id', id) from users) as ids,
       to_jsonb(array(select json_build_object('id', id) from users)) as more,
       array_to_json(array(select row(id, mood) from users)) as rows;

-- = users: Option<Vec<{f1: UserId, f2: String}>>
--! rows_without_names
select jsonb_agg((u.id, u.name)) as users from users u;

-- = objects: Option<Vec<{id: UserId}>>
--! arrays_of_documents
select array_agg(jsonb_build_object('id', u.id)) as objects from users u;

-- = pairs: Vec<{id: String}>
--! of_a_list
select jsonb_build_array(jsonb_build_object('id', 'a'), jsonb_build_object('id', u.name)) as pairs from users u;

-- = running: Vec<{id: UserId, mood: Option<Mood>}>
--! over_a_window
select jsonb_agg(jsonb_build_object('id', u.id, 'mood', u.mood)) over (order by u.id) as running from users u;

-- = distinct_moods: Option<Vec<{mood: Option<Mood>}>>
--! distinct_and_ordered
select jsonb_agg(distinct jsonb_build_object('mood', u.mood)) as distinct_moods from users u;

-- = tags: Option<Vec<{tags: Vec<String>, id: ContentId}>>
--! arrays_of_a_table
select jsonb_agg(jsonb_build_object('tags', c.tags, 'id', c.id)) as tags from content c;
