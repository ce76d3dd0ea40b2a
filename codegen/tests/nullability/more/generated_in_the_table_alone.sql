-- columns: title_key=never
--@ scope system: "types only"

--! generated_in_the_table_alone
SELECT title_key FROM ONLY papers
;
