-- columns: signed_by=maybe
-- nullparams: by
--@ scope system: "types only"

--! insert_of_something_else
--@ param id integer
--@ param by text
INSERT INTO letters (id, state, signed_by) VALUES (:id, 'draft', :by) RETURNING signed_by
;
