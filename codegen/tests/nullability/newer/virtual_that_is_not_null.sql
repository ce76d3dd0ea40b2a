-- columns: kept_key=never
--@ scope system: "types only"

--! virtual_that_is_not_null
SELECT kept_key FROM labels
;
