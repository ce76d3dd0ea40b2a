--@ scope system: "what it does only"

--! numbered_transaction
select pg_current_xact_id()::text as x;
