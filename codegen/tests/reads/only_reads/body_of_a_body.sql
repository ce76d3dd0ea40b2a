--@ scope system: "what it does only"

--! body_of_a_body
select count_twice() as n;
