-- The same rows as plain columns, as every form of JSON, and as records.
--@ scope system: "types only"

--! maybe_as_jsonb
select to_jsonb(m) as maybe from maybes m where id = :id;

--! maybe_as_json
select row_to_json(m) as maybe from maybes m where id = :id;

--! maybe_built
select jsonb_build_object(
    'id', m.id, 'flag', m.flag, 'tiny', m.tiny, 'small', m.small, 'whole', m.whole, 'big', m.big, 'single', m.single,
    'double', m.double, 'exact', m.exact, 'words', m.words, 'short', m.short, 'padded', m.padded, 'label', m.label,
    'bytes', m.bytes, 'day', m.day, 'clock', m.clock, 'local_at', m.local_at, 'at', m.at, 'span', m.span,
    'document', m.document, 'binary_document', m.binary_document, 'host', m.host, 'network', m.network,
    'mood', m.mood, 'level', m.level, 'email', m.email, 'quantity', m.quantity, 'address', m.address,
    'person', m.person, 'numbers', m.numbers, 'labels', m.labels, 'moods', m.moods, 'emails', m.emails,
    'addresses', m.addresses, 'int_range', m.int_range, 'time_range', m.time_range, 'object', m.object,
    'parent_id', m.parent_id
) as maybe
from maybes m where m.id = :id;

--! maybe_built_as_json
select json_build_object(
    'id', m.id, 'flag', m.flag, 'tiny', m.tiny, 'small', m.small, 'whole', m.whole, 'big', m.big, 'single', m.single,
    'double', m.double, 'exact', m.exact, 'words', m.words, 'short', m.short, 'padded', m.padded, 'label', m.label,
    'bytes', m.bytes, 'day', m.day, 'clock', m.clock, 'local_at', m.local_at, 'at', m.at, 'span', m.span,
    'document', m.document, 'binary_document', m.binary_document, 'host', m.host, 'network', m.network,
    'mood', m.mood, 'level', m.level, 'email', m.email, 'quantity', m.quantity, 'address', m.address,
    'person', m.person, 'numbers', m.numbers, 'labels', m.labels, 'moods', m.moods, 'emails', m.emails,
    'addresses', m.addresses, 'int_range', m.int_range, 'time_range', m.time_range, 'object', m.object,
    'parent_id', m.parent_id
) as maybe
from maybes m where m.id = :id;

--! maybe_cast
select row_to_json(m)::jsonb as maybe from maybes m where id = :id;

--! maybe_as_record
select x as maybe from (select * from maybes m where id = :id) x;

--! maybe_without_nulls
select jsonb_strip_nulls(to_jsonb(m)) as maybe from maybes m where id = :id;

--! maybes
--- One row with all rows in every supported form.
select
    coalesce(jsonb_agg(m order by m.id), '[]') as jsonb_rows,
    coalesce(json_agg(to_json(m) order by m.id), '[]') as json_rows,
    array(select to_jsonb(s) from maybes s order by s.id) as jsonb_array,
    array(select row_to_json(s) from maybes s order by s.id) as json_array,
    array(select x from (select * from maybes s order by s.id) x) as records,
    jsonb_build_object('deep', jsonb_agg(jsonb_build_object('deeper', array_agg))) as nested
from maybes m, lateral (select array_agg(s) from maybes s where s.id = m.id) a;

--! maybe_columns
--- Each column as an array.
select jsonb_build_object(
    'flag', array_agg(m.flag order by m.id), 'tiny', array_agg(m.tiny order by m.id),
    'small', array_agg(m.small order by m.id), 'whole', array_agg(m.whole order by m.id),
    'big', array_agg(m.big order by m.id), 'single', array_agg(m.single order by m.id),
    'double', array_agg(m.double order by m.id), 'exact', array_agg(m.exact order by m.id),
    'words', array_agg(m.words order by m.id), 'short', array_agg(m.short order by m.id),
    'padded', array_agg(m.padded order by m.id), 'label', array_agg(m.label order by m.id),
    'bytes', array_agg(m.bytes order by m.id), 'day', array_agg(m.day order by m.id),
    'clock', array_agg(m.clock order by m.id), 'local_at', array_agg(m.local_at order by m.id),
    'at', array_agg(m.at order by m.id), 'span', array_agg(m.span order by m.id),
    'document', array_agg(m.document order by m.id), 'binary_document', array_agg(m.binary_document order by m.id),
    'host', array_agg(m.host order by m.id), 'network', array_agg(m.network order by m.id),
    'mood', array_agg(m.mood order by m.id), 'level', array_agg(m.level order by m.id),
    'email', array_agg(m.email order by m.id), 'quantity', array_agg(m.quantity order by m.id),
    'address', array_agg(m.address order by m.id), 'person', array_agg(m.person order by m.id),
    'int_range', array_agg(m.int_range order by m.id), 'time_range', array_agg(m.time_range order by m.id),
    'object', array_agg(m.object order by m.id)
) as arrays
from maybes m;

--! samples_nested
--- Results that cannot be NULL.
select coalesce(jsonb_agg(s order by s.id), '[]') as samples from samples s;

--! samples_as_records
select array(select x from (select * from samples s order by s.id) x) as samples;

--! single_nested
select jsonb_build_object('inner', jsonb_agg(jsonb_build_object('at', at))) as single from maybes;

--! plain_nested
--@ json stays
select to_jsonb(m) as stays, jsonb_build_object(m.words, 1) as map, '{}'::jsonb as constant from maybes m;

--! nested_in_dotted
--- Streamed rows with nested results in dotted columns, next to an outer join.
--@ stream
select
    m.id as "maybe.id",
    p.id as "parent.id",
    (select jsonb_agg(jsonb_build_object('type', c.id) order by c.id) from maybes c where c.parent_id = m.id) as "maybe.children",
    case when p.id is not null then jsonb_build_object('id', p.id, 'at', p.at) end as "maybe.parent"
from maybes m
left join maybes p on p.id = m.parent_id
order by m.id;

--! nested_stream
--@ stream
select to_jsonb(m) as maybe from maybes m order by m.id;

--! odd_keys
--- Keys that have to be escaped in JSON, as column names and as other keys.
select
    jsonb_build_object(
        'z', 1, E'a "b" \\n', m.id, E'tab\t and \n line', m.words, E'\u0001\u007f', m.flag, 'größe', m.at
    ) as built,
    json_build_object(
        'z', 1, E'a "b" \\n', m.id, E'tab\t and \n line', m.words, E'\u0001\u007f', m.flag, 'größe', m.at
    ) as built_as_json,
    to_jsonb(o) as "row"
from maybes m, lateral (select m.id as "a ""b"" \n", m.words as "\\", m.at as "b") o
order by m.id;
