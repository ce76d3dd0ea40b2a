--@ scope system: "what it does only"

--! compares_in_a_multirange
select id from letters where isempty(spans * spans);
