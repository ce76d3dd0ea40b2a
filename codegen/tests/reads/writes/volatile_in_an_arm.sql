--@ scope system: "what it does only"

--! volatile_in_an_arm
select id from notes union all select touch(1);
