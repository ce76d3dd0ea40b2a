--@ scope system: "what it does only"

--! advisory_lock
select pg_advisory_lock(1);
