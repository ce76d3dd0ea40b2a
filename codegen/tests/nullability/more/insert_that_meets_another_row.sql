-- columns: sender=maybe
--@ scope system: "types only"

--! insert_that_meets_another_row
--@ param id integer
INSERT INTO notes (id, kind, body, sender) VALUES (:id, 'text', 'b', 's') ON CONFLICT (id) DO UPDATE SET kind = 'system', sender = NULL RETURNING sender
;
