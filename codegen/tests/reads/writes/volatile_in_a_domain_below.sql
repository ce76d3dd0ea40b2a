--@ scope system: "what it does only"

--! volatile_in_a_domain_below
select title::counted_short as c from notes;
