-- Every function. One row is an array, since there are 3,000 of them.
select json_agg(json_build_array(
         p.oid::int8, n.nspname, p.proname, p.prokind, p.proisstrict, p.provolatile, p.proretset, p.prorettype::int8,
         p.proargtypes::oid[]::int8[], p.provariadic <> 0, l.lanname, p.prosqlbody::text,
         -- What a user's aggregate is made of, also where it took the place of one of PostgreSQL's own. Its own label says nothing.
         case when greatest(a.aggfnoid::oid, a.aggtransfn::oid, a.aggfinalfn::oid, a.aggcombinefn::oid, a.aggmtransfn::oid,
                            a.aggminvtransfn::oid, a.aggmfinalfn::oid) >= 16384 then array_remove(array[
           a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggserialfn, a.aggdeserialfn, a.aggmtransfn, a.aggminvtransfn,
           a.aggmfinalfn]::oid[], 0)::int8[] end,
         case when p.oid >= 16384 then p.proargdefaults::text end,
         e.extname) order by p.oid)::text
from pg_proc p
join pg_namespace n on n.oid = p.pronamespace
join pg_language l on l.oid = p.prolang
left join pg_aggregate a on a.aggfnoid = p.oid
left join pg_depend d on d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.refclassid = 'pg_extension'::regclass and d.deptype = 'e'
left join pg_extension e on e.oid = d.refobjid
where n.nspname <> 'information_schema'
