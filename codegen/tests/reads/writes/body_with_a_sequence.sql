--@ scope system: "what it does only"

--! body_with_a_sequence
select next_number() as n;
