-- columns: remark_key=maybe
--@ scope system: "types only"

--! virtual_from_what_can_be_null
SELECT remark_key FROM labels
;
