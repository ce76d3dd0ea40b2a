--@ scope system: "what it does only"

--! casts_in_a_union
select mood from letters union all select 'low'::pitch;
