--@ scope system: "what it does only"

--! system_view
select count(*) from pg_locks;
