-- columns: sent_at=never, carrier=never, lost_at=maybe
--@ scope system: "types only"

--! check_by_an_enum
SELECT sent_at, carrier, lost_at FROM parcels WHERE state <> 'packed'
;
