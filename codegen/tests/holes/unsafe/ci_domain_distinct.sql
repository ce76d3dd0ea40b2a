-- why: Of 'A' and 'a' one is kept, and which one depends on both.
-- kind: influence
--@ scope creator

--! ci_domain_distinct
select x.owner
from (select distinct creator_id::ci_text as owner from content where deleted_at is null) x
where x.owner collate "C" = :creator_id;
