-- cardinality: one
--@ scope system: "types only"

--! chain_of_names_in_with
with a as (select count(*) as n from users), b as (select n from a), c as (select (select n from b) as n from b join a using (n)) select coalesce(max(n), 0) from c
;
