-- why: the domain has its own collation, by which 'A' and 'a' are in one group
-- kind: value
--@ scope creator

--! ci_domain_group
select x.titles
from (
  select creator_id::ci_text as owner, string_agg(title, ', ') as titles
  from content
  where deleted_at is null
  group by creator_id::ci_text
) x
where x.owner collate "C" = :creator_id;
