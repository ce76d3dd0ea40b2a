--@ scope system: "what it does only"

--! policy_that_reads
select id from guarded;
