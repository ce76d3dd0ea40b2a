-- columns: title_key=maybe
--@ scope system: "types only"

--! generated_otherwise_in_children
SELECT title_key FROM papers
;
