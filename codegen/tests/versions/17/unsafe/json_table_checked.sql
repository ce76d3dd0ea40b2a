-- kind: opaque
-- The same for columns of JSON_TABLE, also for arrays.
--@ scope organization

--! json_table_checked
select t.taken from organizations o, json_table('[[1], [2]]'::jsonb, '$[*]' columns (taken taken[] path '$' null on error)) t
where o.id = :organization_id and o.deleted_at is null;
