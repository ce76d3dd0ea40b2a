--@ scope system: "what it does only"

--! compares_in_a_union
select label from letters union select label from letters;
