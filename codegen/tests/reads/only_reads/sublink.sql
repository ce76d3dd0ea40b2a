--@ scope system: "what it does only"

--! sublink
select id from notes where exists (select from recent_notes r where r.id = notes.id);
