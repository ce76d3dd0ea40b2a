-- Collations under which different strings are equal.
select coalesce(json_agg(c.oid::int8 order by c.oid), '[]'::json)::text from pg_collation c where not c.collisdeterministic
