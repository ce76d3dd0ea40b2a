--@ scope system: "what it does only"

--! default_argument
select numbered(id) as n from letters;
