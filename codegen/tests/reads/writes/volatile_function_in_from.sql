--@ scope system: "what it does only"

--! volatile_function_in_from
select t from touch(1) t;
