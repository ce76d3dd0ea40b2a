--@ scope system: "what it does only"

--! insert_
insert into notes (title) values ('a');
