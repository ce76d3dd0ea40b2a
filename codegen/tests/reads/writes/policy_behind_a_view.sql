--@ scope system: "what it does only"

--! policy_behind_a_view
select id from watched_view;
