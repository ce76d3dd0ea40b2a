-- kind: opaque
-- ON ERROR makes a value of what the domain's check says, and that reads everybody's rows.
--@ scope organization

--! json_value_checked
select json_value(to_jsonb(:id::int), '$' returning taken null on error) as taken
from organizations o where o.id = :organization_id and o.deleted_at is null;
