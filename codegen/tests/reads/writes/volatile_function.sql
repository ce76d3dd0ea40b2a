--@ scope system: "what it does only"

--! volatile_function
select touch(id) as id from notes;
