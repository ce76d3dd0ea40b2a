--@ scope organization

--! json_value_checked_simply
select json_value(to_jsonb(:id::int), '$' returning small null on error) as small, json_value('{}', '$.name') as name,
  json_exists('{}', '$.name') as named, t.number
from organizations o, json_table('[1, 2]'::jsonb, '$[*]' columns (number int path '$', place for ordinality)) t
where o.id = :organization_id and o.deleted_at is null;
