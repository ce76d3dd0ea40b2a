-- SQL/JSON syntax of the standard.
--@ scope system: "shapes only"

-- = o: {id: UserId, mood: Option<Mood>}
-- = absent: {id?: UserId, mood?: Option<Mood>}
--! objects
select json_object('id': u.id, 'mood': u.mood returning jsonb) as o,
       json_object('id': u.id, 'mood': u.mood absent on null) as absent
from users u;

-- = present: Option<Vec<Mood>>
-- = all_moods: Option<Vec<Option<Mood>>>
-- = objects: Option<Vec<{id: UserId}>>
--! aggregates
select json_arrayagg(u.mood) as present,
       json_arrayagg(u.mood null on null returning jsonb) as all_moods,
       json_arrayagg(json_object('id': u.id) order by u.name) as objects
from users u;

-- = list: Vec<String>
-- = with_nulls: Vec<Option<Mood>>
-- = queried: Option<Vec<UserId>>
--! arrays
select json_array(u.name, 'b') as list, json_array(u.mood, u.mood null on null) as with_nulls,
       json_array(select id from users) as queried
from users u;

-- = map: serde_json::Value
-- = formatted: {a: Option<serde_json::Value>}
--! maps
select json_object(u.name: 1) as map, json_object('a': '[1]' format json) as formatted from users u;

-- = strict: Option<Vec<Mood>>
--! strict
select jsonb_agg_strict(u.mood) as strict from users u;
