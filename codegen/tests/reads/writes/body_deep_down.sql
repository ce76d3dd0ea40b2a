--@ scope system: "what it does only"

--! body_deep_down
select number_of(id) as n from notes;
