--@ scope system: "what it does only"
--@ tx

--! announced
select id from notes;
