--@ scope system: "what it does only"

--! checked_result
select as_counted(title) as c from notes;
