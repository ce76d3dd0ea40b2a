--@ scope system: "what it does only"

--! lock_update
select id from notes for update;
