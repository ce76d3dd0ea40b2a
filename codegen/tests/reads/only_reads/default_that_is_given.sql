--@ scope system: "what it does only"

--! default_that_is_given
select numbered(id, 1) as n from songs;
