-- Unique indexes, foreign keys, checks and exclusion constraints of the user's tables.
select json_build_object(
  'indexes', (
    select coalesce(json_agg(to_json(u) order by u.oid), '[]'::json)
    from (
      select i.indexrelid::int8 as oid, i.indrelid::int8 as table, c.relname as name, i.indisprimary as primary,
             i.indisvalid as valid, i.indimmediate as immediate,
             coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false) as nulls_not_distinct,
             -- Columns that INCLUDE adds are not part of the key; 0 is an expression.
             (select json_agg(k.attnum order by k.position)
              from unnest(i.indkey::int2[]) with ordinality k (attnum, position)
              where k.position <= i.indnkeyatts) as columns,
             -- Unique under another operator class than the default one is another kind of unique.
             not exists (
               select from unnest(i.indclass::oid[]) k (class)
               join pg_opclass o on o.oid = k.class
               where not o.opcdefault)
             -- So is unique under another collation, where that makes different strings equal.
             and not exists (
               select from unnest(i.indkey::int2[], i.indcollation::oid[]) k (attnum, coll)
               join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
               join pg_collation c on c.oid in (k.coll, a.attcollation) and not c.collisdeterministic
               where k.coll <> a.attcollation) as default_classes,
             i.indpred::text as predicate,
             exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u')) as "constraint"
      from pg_index i
      join pg_class c on c.oid = i.indexrelid
      join pg_namespace n on n.oid = c.relnamespace
      where i.indisunique and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp_)'
    ) u),
  'constraints', (
    select coalesce(json_agg(to_json(u) order by u.oid), '[]'::json)
    from (
      select k.oid::int8 as oid, k.conrelid::int8 as table, k.conname as name, k.contype as kind,
             k.convalidated and coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true) as validated,
             -- A key to a partitioned table has a copy for each partition, which says little by itself.
             exists (select from pg_constraint w where w.oid = k.conparentid and w.conrelid = k.conrelid) as part,
             k.condeferrable as deferrable, to_jsonb(k.conkey) as columns,
             k.confrelid::int8 as foreign_table, to_jsonb(k.confkey) as foreign_columns,
             k.confdeltype as on_delete, k.confupdtype as on_update, k.conbin::text as check
      from pg_constraint k
      join pg_namespace n on n.oid = k.connamespace
      where k.conrelid <> 0 and k.contype in ('p', 'u', 'f', 'c', 'x')
        and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp_)'
    ) u)
)::text
