-- Every table, view and composite type of the user's own schemas, with its columns.
with relations as materialized (
  select c.*, n.nspname
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'f', 'c', 'S')
    and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp_)'
), comments as materialized (
  select d.objoid, d.objsubid, d.description
  from pg_description d
  where d.classoid = 'pg_class'::regclass and d.objoid >= 16384
), columns as (
  select a.attrelid, a.attnum as number, a.attname as name, a.atttypid::int8 as type_oid, a.atttypmod as typmod,
         a.attcollation::int8 as collation, a.attnotnull and n.conrelid is null as not_null,
         -- Domains have defaults of their own, and base types can.
         a.atthasdef and a.attgenerated = '' or y.oid is not null as has_default,
         a.attidentity <> '' as identity,
         case when a.attgenerated <> '' then d.adbin::text end as generated,
         o.description as comment
  from relations c
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  left join pg_type y on y.oid = a.atttypid and (y.typdefault is not null or y.typdefaultbin is not null)
  left join comments o on o.objoid = a.attrelid and o.objsubid = a.attnum
  left join (
    -- From 18 on a NOT NULL can be NOT VALID, which promises nothing for old rows.
    select distinct k.conrelid, unnest(k.conkey)
    from pg_constraint k
    where k.contype = 'n' and not k.convalidated
  ) n (conrelid, attnum) on n.conrelid = a.attrelid and n.attnum = a.attnum
)
select coalesce(json_agg(t order by t.oid), '[]')::text
from (
  select c.oid::int8 as oid, c.nspname as schema, c.relname as name, c.relkind as kind,
         o.description as comment,
         c.reltype::int8 as row_type,
         pg_table_is_visible(c.oid) as visible,
         (select i.inhparent::int8 from pg_inherits i where i.inhrelid = c.oid and c.relispartition) as partition_of,
         array(select i.inhparent::int8 from pg_inherits i where i.inhrelid = c.oid and not c.relispartition order by 1) as inherits,
         c.relkind <> 'p' and exists (select from pg_inherits i where i.inhparent = c.oid) as has_children,
         coalesce(a.columns, '[]') as columns,
         (select r.ev_action::text from pg_rewrite r where r.ev_class = c.oid and r.rulename = '_RETURN') as view,
         exists (select from pg_rewrite r where r.ev_class = c.oid and r.rulename <> '_RETURN') as has_rules,
         c.relrowsecurity as row_security,
         case when c.relrowsecurity then (
           select json_agg(p.polqual::text order by p.polname)
           from pg_policy p
           where p.polrelid = c.oid and p.polcmd in ('r', '*') and p.polqual is not null) end as policies,
         coalesce((
           select json_agg(json_build_object('name', g.tgname, 'kind', g.tgtype) order by g.tgname)
           from pg_trigger g
           where g.tgrelid = c.oid and not g.tgisinternal and g.tgenabled <> 'D'), '[]') as triggers
  from relations c
  left join (
    select a.attrelid, json_agg(a order by a.number) as columns
    from columns a
    group by a.attrelid
  ) a on a.attrelid = c.oid
  left join comments o on o.objoid = c.oid and o.objsubid = 0
) t
