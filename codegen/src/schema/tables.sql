-- Every table, view and composite type of the user's own schemas, with its columns.
select coalesce(json_agg(to_json(t) order by t.oid), '[]')::text
from (
  select c.oid::int8 as oid, n.nspname as schema, c.relname as name, c.relkind as kind,
         obj_description(c.oid, 'pg_class') as comment,
         c.reltype::int8 as row_type,
         pg_table_is_visible(c.oid) as visible,
         (select i.inhparent::int8 from pg_inherits i where i.inhrelid = c.oid and c.relispartition) as partition_of,
         c.relkind <> 'p' and exists (select from pg_inherits i where i.inhparent = c.oid) as has_children,
         coalesce((
           select json_agg(json_build_object(
                    'number', a.attnum, 'name', a.attname, 'type_oid', a.atttypid::int8, 'typmod', a.atttypmod,
                    'collation', a.attcollation::int8,
                    -- From 18 on a NOT NULL can be NOT VALID, which promises nothing for old rows.
                    'not_null', a.attnotnull and not exists (
                      select from pg_constraint k
                      where k.conrelid = c.oid and k.contype = 'n' and not k.convalidated and a.attnum = any(k.conkey)),
                    -- Domains have defaults of their own, and base types can.
                    'has_default', a.atthasdef and a.attgenerated = '' or exists (
                      select from pg_type y
                      where y.oid = a.atttypid and (y.typdefault is not null or y.typdefaultbin is not null)),
                    'identity', a.attidentity <> '',
                    'generated', case when a.attgenerated <> '' then d.adbin::text end,
                    'comment', col_description(c.oid, a.attnum)) order by a.attnum)
           from pg_attribute a
           left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
           where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped), '[]') as columns,
         (select r.ev_action::text from pg_rewrite r where r.ev_class = c.oid and r.rulename = '_RETURN') as view,
         exists (select from pg_rewrite r where r.ev_class = c.oid and r.rulename <> '_RETURN') as has_rules,
         c.relrowsecurity as row_security,
         coalesce((
           select json_agg(json_build_object('name', g.tgname, 'kind', g.tgtype) order by g.tgname)
           from pg_trigger g
           where g.tgrelid = c.oid and not g.tgisinternal and g.tgenabled <> 'D'), '[]') as triggers
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'f', 'c', 'S')
    and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp_)'
) t
