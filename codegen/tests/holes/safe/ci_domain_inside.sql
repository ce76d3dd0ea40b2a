-- why: the condition is on the column, below the cast
-- level: basic
--@ scope creator

--! ci_domain_inside
select creator_id::ci_text as owner, string_agg(title, ', ') as titles
from content
where creator_id = :creator_id and deleted_at is null
group by creator_id::ci_text;
