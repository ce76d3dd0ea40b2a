--@ scope system: "what it does only"

--! checked_parameter
select id from notes where title = :title::counted;
