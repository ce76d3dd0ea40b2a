--@ scope system: "what it does only"

--! checked_in_an_array
select '{a}'::text::counted[] as c;
