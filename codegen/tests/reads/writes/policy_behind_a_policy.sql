--@ scope system: "what it does only"

--! policy_behind_a_policy
select id from behind;
