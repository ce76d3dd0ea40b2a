--@ scope system: "what it does only"

--! domain_cast
select title::short as s from notes;
