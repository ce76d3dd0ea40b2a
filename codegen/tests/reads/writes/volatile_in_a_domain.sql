--@ scope system: "what it does only"

--! volatile_in_a_domain
select title::counted as c from notes;
