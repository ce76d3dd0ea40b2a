--@ scope system: "what it does only"

--! view
select title from recent_notes;
