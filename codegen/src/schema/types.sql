-- Every type: those of pg_catalog too, since any query can use them.
with written as materialized (
  -- Users' functions. What is written in C is taken at the word of its extension.
  select p.oid
  from pg_proc p
  join pg_language l on l.oid = p.prolang
  where p.oid >= 16384 and l.lanname not in ('c', 'internal')
), classes (type, family, input) as materialized (
  select c.opcintype, c.opcfamily, c.opcintype from pg_opclass c where c.opcdefault
  union all
  select t.oid, c.opcfamily, c.opcintype
  from pg_range r
  join pg_opclass c on c.oid = r.rngsubopc
  cross join lateral (values (r.rngtypid), (r.rngmultitypid)) t (oid)
), comparing (family, input, function) as materialized (
  select p.amprocfamily, p.amproclefttype, p.amproc::oid
  from pg_amproc p
  where p.amproc::oid in (select oid from written) and p.amproclefttype = p.amprocrighttype
  union
  select a.amopfamily, a.amoplefttype, o.oprcode::oid
  from pg_operator o
  join pg_amop a on a.amopopr = o.oid
  where o.oprcode::oid in (select oid from written) and a.amoplefttype = a.amoprighttype
), compared as materialized (
  select c.type, json_agg(distinct f.function::int8) as functions
  from comparing f
  join classes c on (c.family, c.input) = (f.family, f.input)
  group by c.type
), casts as materialized (
  select c.castsource as type, json_agg(json_build_array(c.casttarget::int8, c.castfunc::int8) order by c.oid) as functions
  from pg_cast c
  where c.castfunc in (select oid from written)
  group by c.castsource
)
select json_agg(to_json(u) order by u.oid)::text
from (
  select t.oid::int8 as oid, n.nspname as schema, t.typname as name, t.typtype as kind, t.typcategory as category,
         t.typrelid::int8 as relation, t.typelem::int8 as element, t.typarray::int8 as array,
         t.typsubscript = 'array_subscript_handler'::regproc as is_array,
         t.typbasetype::int8 as base, t.typtypmod as base_typmod, t.typnotnull as not_null, t.typcollation::int8 as collation,
         pg_type_is_visible(t.oid) as visible,
         -- A multirange is of ranges, and a range of what it has as bounds.
         case when t.typtype = 'm' then r.rngtypid else r.rngsubtype end::int8 as range_of,
         exists (select from pg_cast c where c.castsource = t.oid and c.casttarget = 'json'::regtype and c.castmethod = 'f') as casts_to_json,
         d.functions as compared_by, s.functions as cast_by,
         case when t.typtype = 'e' then (
           select json_agg(json_build_object('oid', e.oid::int8, 'label', e.enumlabel) order by e.enumsortorder)
           from pg_enum e where e.enumtypid = t.oid) end as labels,
         case when t.typtype = 'd' then (
           select json_agg(k.conbin::text order by k.conname)
           from pg_constraint k where k.contypid = t.oid and k.contype = 'c') end as checks
  from pg_type t
  join pg_namespace n on n.oid = t.typnamespace
  left join pg_range r on t.oid in (r.rngtypid, r.rngmultitypid)
  left join compared d on d.type = t.oid
  left join casts s on s.type = t.oid
  where n.nspname not in ('information_schema') and n.nspname !~ '^pg_(toast|temp_)'
    -- The row types of the catalogs' own tables, and arrays of those, cannot be met by accident.
    and not (n.nspname = 'pg_catalog' and (t.typtype = 'c' or t.typname like '\_pg\_%'))
) u
