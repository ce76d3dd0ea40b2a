--@ scope system: "what it does only"

--! chance
select title from notes order by random();
