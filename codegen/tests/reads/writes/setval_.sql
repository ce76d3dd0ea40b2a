--@ scope system: "what it does only"

--! setval_
select setval('notes_id_seq', 5) as n;
