--@ scope system: "what it does only"

--! read_cte
with n as (select * from notes) select count(*) from n;
