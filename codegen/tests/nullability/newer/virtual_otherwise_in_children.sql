-- columns: name_key=maybe
--@ scope system: "types only"

--! virtual_otherwise_in_children
SELECT name_key FROM stickers
;
