-- columns: attachment=never, body=maybe
-- nullparams: attachment
--@ scope system: "types only"

--! insert_of_one_of_two
--@ param id integer
--@ param attachment text
INSERT INTO notes (id, kind, body, attachment) VALUES (:id, 'system', NULL, :attachment) RETURNING attachment, body
;
