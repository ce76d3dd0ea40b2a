-- columns: name_key=never
--@ scope system: "types only"

--! virtual_in_the_table_alone
SELECT name_key FROM ONLY stickers
;
