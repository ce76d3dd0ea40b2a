-- cardinality: many
--@ scope system: "types only"

--! names_in_with_that_hide_another
with u as (select 1 as n) select x.id from (with u as (select id from users) select id from u) x, u
;
