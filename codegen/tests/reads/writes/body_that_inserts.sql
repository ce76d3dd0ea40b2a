--@ scope system: "what it does only"

--! body_that_inserts
select add_note('a') as id;
