-- columns: signed_by=never
-- nullparams: by
--@ scope system: "types only"

--! insert_of_what_a_check_demands
--@ param id integer
--@ param by text
INSERT INTO letters (id, state, signed_by) VALUES (:id, 'signed', :by) RETURNING signed_by
;
