-- columns: signed_by=maybe
-- nullparams: by
--@ scope system: "types only"

--! update_that_a_trigger_undoes
--@ param by text
UPDATE letters SET state = 'signed', signed_by = :by RETURNING signed_by
;
