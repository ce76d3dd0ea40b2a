--@ scope system: "what it does only"

--! casts_in_concatenation
select 'x'::text || mood as text from letters;
