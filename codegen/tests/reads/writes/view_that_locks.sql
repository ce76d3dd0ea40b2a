--@ scope system: "what it does only"

--! view_that_locks
select id from locked_notes;
