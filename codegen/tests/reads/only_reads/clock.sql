--@ scope system: "what it does only"

--! clock
select now() as a, current_date as b, clock_timestamp() as c;
