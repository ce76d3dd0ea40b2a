-- why: A domain compares by a collation of its own: the group of 'A' has the rows of 'a' as well.
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
