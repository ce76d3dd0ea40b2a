--@ scope system: "what it does only"

--! policy_that_writes
select id from watched;
