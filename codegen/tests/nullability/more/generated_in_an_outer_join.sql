-- columns: total=maybe, title=never
--@ scope system: "types only"

--! generated_in_an_outer_join
SELECT p.total, c.title FROM content c LEFT JOIN parcels p ON p.id = c.view_count
;
