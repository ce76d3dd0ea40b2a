--@ scope system: "what it does only"

--! recursive_cte
with recursive n as (select 1 as i union all select i + 1 from n where i < 5) select i from n;
