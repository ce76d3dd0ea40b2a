--@ scope system: "what it does only"

--! cte_that_nobody_reads
with n as (delete from notes) select 1 as one;
