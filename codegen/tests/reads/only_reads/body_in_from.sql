--@ scope system: "what it does only"

--! body_in_from
select n from count_notes() n;
