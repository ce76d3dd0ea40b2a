-- columns: name_key=never
--@ scope system: "types only"

--! virtual_from_what_is_not_null
SELECT name_key FROM labels
;
