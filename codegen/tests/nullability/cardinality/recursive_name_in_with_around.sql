-- cardinality: many
--@ scope system: "types only"

--! recursive_name_in_with_around
with recursive r as (select 1 as n union all select n + 1 from r where n < 3) select x.n from (select n from r) x
;
