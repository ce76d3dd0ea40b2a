--@ scope system: "what it does only"

--! checked_in_json
select c.word from jsonb_to_record('{"word": "x"}') c (word counted);
