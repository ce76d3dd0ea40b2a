--@ scope system: "what it does only"

--! delete_
delete from notes;
