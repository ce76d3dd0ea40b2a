-- Queries of the catalogs that give stored trees: a name, a kind (queries, expression or expressions), and the tree.
select 'view ' || c.relname, 'queries', r.ev_action::text from pg_rewrite r join pg_class c on c.oid = r.ev_class where c.relnamespace = 'public'::regnamespace
union all select 'function ' || proname, 'queries', prosqlbody::text from pg_proc where pronamespace = 'public'::regnamespace and prosqlbody is not null
union all select 'check ' || conname, 'expression', conbin::text from pg_constraint where connamespace = 'public'::regnamespace and conbin is not null
union all select 'default ' || adrelid::regclass || ' ' || adnum, 'expression', adbin::text from pg_attrdef where adrelid::regclass::text = 'item'
union all select 'index ' || indexrelid::regclass, 'expressions', indexprs::text from pg_index where indexprs is not null and indrelid = 'item'::regclass
union all select 'predicate ' || indexrelid::regclass, 'expression', indpred::text from pg_index where indpred is not null and indrelid = 'item'::regclass
order by 1
