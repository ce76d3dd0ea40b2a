-- Every operator. `btree` and `hash` are its strategies in the default operator classes of its own left type, for which
-- a user's class, or what a user adds to a family, says nothing of PostgreSQL's own operators. `support` are users' functions that sort and hash in its stead.
select json_agg(json_build_array(
         o.oid::int8, n.nspname, o.oprname, o.oprcode::oid::int8, o.oprleft::int8, o.oprright::int8, o.oprresult::int8,
         o.oprnegate::int8, o.oprcom::int8, s.btree, s.hash, coalesce(u.support, '[]')) order by o.oid)::text
from pg_operator o
join pg_namespace n on n.oid = o.oprnamespace
left join (
  select a.amopopr, max(a.amopstrategy) filter (where m.amname = 'btree') as btree,
         max(a.amopstrategy) filter (where m.amname = 'hash') as hash
  from pg_amop a
  join pg_am m on m.oid = a.amopmethod and m.amname in ('btree', 'hash')
  join pg_opclass c on c.opcfamily = a.amopfamily and c.opcmethod = m.oid and c.opcdefault
  where a.amoppurpose = 's' and (a.amopopr >= 16384 or a.oid < 16384)
  group by a.amopopr
) s on s.amopopr = o.oid
left join (
  select a.amopopr, json_agg(distinct p.amproc::oid::int8) as support
  from pg_amproc p
  join pg_amop a on a.amopfamily = p.amprocfamily
  where p.amproc::oid >= 16384
  group by a.amopopr
) u on u.amopopr = o.oid
