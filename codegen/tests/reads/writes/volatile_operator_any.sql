--@ scope system: "what it does only"

--! volatile_operator_any
select id from notes where views ### any (array[1, 2]);
