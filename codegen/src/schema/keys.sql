-- Unique indexes, foreign keys, checks and exclusion constraints of the user's tables.
with schemas as materialized (
  select n.oid
  from pg_namespace n
  where n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp_)'
), older (indnullsnotdistinct, conenforced) as (
  -- What the server means that has no such columns. If it has them, the names below are those of its own.
  values (false, true)
), otherwise_unique as materialized (
  select distinct i.indexrelid
  from pg_index i
  cross join unnest(i.indkey::int2[], i.indclass::oid[], i.indcollation::oid[]) k (attnum, class, coll)
  join pg_opclass o on o.oid = k.class
  left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
  where i.indisunique
    -- Unique under another operator class than the default one is another kind of unique.
    and (not o.opcdefault
         -- So is unique under another collation, where that makes different strings equal.
         or k.coll <> a.attcollation
            and exists (select from pg_collation c where c.oid in (k.coll, a.attcollation) and not c.collisdeterministic))
)
select json_build_object(
  'indexes', (
    select coalesce(json_agg(u order by u.oid), '[]'::json)
    from (
      select i.indexrelid::int8 as oid, i.indrelid::int8 as table, c.relname as name, i.indisprimary as primary,
             i.indisvalid as valid, i.indimmediate as immediate, i.nulls_not_distinct,
             -- Columns that INCLUDE adds are not part of the key; 0 is an expression.
             (i.indkey::int2[])[0:i.indnkeyatts - 1] as columns,
             o.indexrelid is null as default_classes,
             i.indpred::text as predicate
      from older
      cross join lateral (
        select i.*, indnullsnotdistinct as nulls_not_distinct from pg_index i where i.indisunique) i
      join pg_class c on c.oid = i.indexrelid
      join schemas n on n.oid = c.relnamespace
      left join otherwise_unique o on o.indexrelid = i.indexrelid
    ) u),
  'constraints', (
    select coalesce(json_agg(u order by u.oid), '[]'::json)
    from (
      select k.oid::int8 as oid, k.conrelid::int8 as table, k.conname as name, k.contype as kind,
             k.convalidated and k.enforced as validated,
             -- A key to a partitioned table has a copy for each partition, which says little by itself.
             w.oid is not null as part,
             -- A foreign key compares as the index does to which it refers.
             o.indexrelid is null as default_classes,
             k.conkey as columns, k.confrelid::int8 as foreign_table, k.confkey as foreign_columns,
             k.confdeltype as on_delete, k.confupdtype as on_update, k.conbin::text as check
      from older
      cross join lateral (
        select k.*, conenforced as enforced
        from pg_constraint k
        where k.conrelid <> 0 and k.contype in ('p', 'u', 'f', 'c', 'x')) k
      join schemas n on n.oid = k.connamespace
      left join pg_constraint w on w.oid = k.conparentid and w.conrelid = k.conrelid
      left join otherwise_unique o on o.indexrelid = k.conindid
    ) u)
)::text
