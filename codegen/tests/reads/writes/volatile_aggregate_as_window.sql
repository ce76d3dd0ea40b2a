--@ scope system: "what it does only"

--! volatile_aggregate_as_window
select noisy_total(views) over () as t from notes;
