--@ scope system: "what it does only"

--! volatile_in_limit
select id from notes limit touch(1);
