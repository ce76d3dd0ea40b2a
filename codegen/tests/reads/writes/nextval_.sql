--@ scope system: "what it does only"

--! nextval_
select nextval('notes_id_seq') as n;
