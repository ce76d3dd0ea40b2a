-- columns: remark_key=never
--@ scope system: "types only"

--! virtual_filter
SELECT remark_key FROM labels WHERE remark_key IS NOT NULL
;
