-- columns: signed_by=maybe
-- nullparams: signed_by
--@ scope system: "types only"

--! insert_of_a_check_not_enforced
INSERT INTO claims (id, state, signed_by, paper_id) VALUES (1, 'signed', :signed_by, 1) RETURNING signed_by
;
