--@ scope system: "what it does only"

--! mention_of_a_type
select id from letters where word < 'y' and body @> '{}';
