--@ scope system: "what it does only"

--! catalog_table
select relname::text as name from pg_class;
