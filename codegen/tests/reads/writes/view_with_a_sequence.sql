--@ scope system: "what it does only"

--! view_with_a_sequence
select number from numbered_notes;
