--@ scope system: "what it does only"

--! volatile_aggregate
select noisy_total(views) as t from notes;
