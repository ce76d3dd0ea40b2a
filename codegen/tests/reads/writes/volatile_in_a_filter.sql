--@ scope system: "what it does only"

--! volatile_in_a_filter
select count(*) filter (where touch(id) > 0) from notes;
