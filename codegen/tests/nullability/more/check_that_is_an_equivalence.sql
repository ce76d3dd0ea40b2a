-- columns: lost_at=never, sent_at=never, currency=maybe
--@ scope system: "types only"

--! check_that_is_an_equivalence
SELECT lost_at, sent_at, currency FROM parcels WHERE state = 'lost'
;
