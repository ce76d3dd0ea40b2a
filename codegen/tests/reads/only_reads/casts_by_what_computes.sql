--@ scope system: "what it does only"

--! casts_by_what_computes
select 'x'::text || pitch as p from songs;
