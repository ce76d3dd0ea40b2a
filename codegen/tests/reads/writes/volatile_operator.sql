--@ scope system: "what it does only"

--! volatile_operator
select id from notes where views ### 1;
