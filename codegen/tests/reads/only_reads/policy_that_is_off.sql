--@ scope system: "what it does only"

--! policy_that_is_off
select id from unguarded;
