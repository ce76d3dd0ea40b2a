-- kind: opaque
-- ON ERROR reveals the result of the domain's check, which reads rows of everybody.
--@ scope organization

--! json_value_checked
select json_value(to_jsonb(:id::int), '$' returning taken null on error) as taken
from organizations o where o.id = :organization_id and o.deleted_at is null;
