--@ scope system: "what it does only"

--! nextval_in_where
select title from notes where id > nextval('notes_id_seq');
