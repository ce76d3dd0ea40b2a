--@ scope system: "what it does only"

--! sample
select id from notes tablesample bernoulli (50);
