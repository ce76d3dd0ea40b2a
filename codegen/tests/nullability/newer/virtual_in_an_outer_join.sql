-- columns: id=never, name_key=maybe
--@ scope system: "types only"

--! virtual_in_an_outer_join
SELECT c.id, l.name_key FROM claims c LEFT JOIN labels l ON l.id = c.id
;
