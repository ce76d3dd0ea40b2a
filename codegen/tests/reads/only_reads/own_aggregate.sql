--@ scope system: "what it does only"

--! own_aggregate
select total(views) as t from notes;
