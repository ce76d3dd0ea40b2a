--@ scope system: "what it does only"

--! cte_that_inserts
with n as (insert into notes (title) values ('a') returning id) select id from n;
