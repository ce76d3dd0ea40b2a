-- why: 'A' and 'a' are equal for DISTINCT; which one is kept depends on both rows
-- kind: influence
--@ scope creator

--! ci_domain_distinct
select x.owner
from (select distinct creator_id::ci_text as owner from content where deleted_at is null) x
where x.owner collate "C" = :creator_id;
