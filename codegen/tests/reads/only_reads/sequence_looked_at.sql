--@ scope system: "what it does only"

--! sequence_looked_at
select last_value from notes_id_seq;
