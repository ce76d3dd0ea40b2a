-- Every type: those of pg_catalog too, since any query can use them.
select json_agg(to_json(u) order by u.oid)::text
from (
  select t.oid::int8 as oid, n.nspname as schema, t.typname as name, t.typtype as kind, t.typcategory as category,
         t.typrelid::int8 as relation, t.typelem::int8 as element, t.typarray::int8 as array,
         t.typsubscript = 'array_subscript_handler'::regproc as is_array,
         t.typbasetype::int8 as base, t.typtypmod as base_typmod, t.typnotnull as not_null, t.typcollation::int8 as collation,
         pg_type_is_visible(t.oid) as visible,
         r.rngsubtype::int8 as range_of,
         exists (select from pg_cast c where c.castsource = t.oid and c.casttarget = 'json'::regtype and c.castmethod = 'f') as casts_to_json,
         case when t.typtype = 'e' then (
           select json_agg(json_build_object('oid', e.oid::int8, 'label', e.enumlabel) order by e.enumsortorder)
           from pg_enum e where e.enumtypid = t.oid) end as labels,
         case when t.typtype = 'd' then (
           select json_agg(k.conbin::text order by k.conname)
           from pg_constraint k where k.contypid = t.oid and k.contype = 'c') end as checks
  from pg_type t
  join pg_namespace n on n.oid = t.typnamespace
  left join pg_range r on r.rngtypid = t.oid
  where n.nspname not in ('information_schema') and n.nspname !~ '^pg_(toast|temp_)'
    -- The row types of the catalogs' own tables, and arrays of those, cannot be met by accident.
    and not (n.nspname = 'pg_catalog' and (t.typtype = 'c' or t.typname like '\_pg\_%'))
) u
