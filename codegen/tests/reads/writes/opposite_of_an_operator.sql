--@ scope system: "what it does only"

--! opposite_of_an_operator
select id from letters where not body ? 'x';
