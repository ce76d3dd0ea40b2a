--@ scope system: "what it does only"

--! volatile_in_values
select v from (values (touch(1)), (touch(2))) x (v);
