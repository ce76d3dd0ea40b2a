--@ scope system: "what it does only"

--! body
select count_notes() as n;
