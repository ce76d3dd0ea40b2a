--@ scope system: "what it does only"

--! own_aggregate_as_window
select total(views) over (order by id) as t from notes;
