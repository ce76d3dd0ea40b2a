-- why: the column is compared by the collation that the function declares, not by that of the table
-- kind: value
--@ scope creator

--! ci_function_column
select x.slugs
from (select f.name as owner, string_agg(f.creator_id, ', ') as slugs from owners_as_names() f group by f.name) x
where x.owner collate "C" = :creator_id;
