--@ scope system: "what it does only"

--! plain
select * from notes where id = 1;
