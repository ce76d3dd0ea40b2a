-- topic: functions
-- columns: part=maybe
-- why: the function is called as one of PostgreSQL's own, and is none
--@ scope system: "types only"

--! set_function_of_the_schema
select part from regexp_split_to_table(array['a']) part
;
