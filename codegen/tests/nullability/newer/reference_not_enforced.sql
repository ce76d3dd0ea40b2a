-- columns: title=maybe
--@ scope system: "types only"

--! reference_not_enforced
SELECT p.title FROM claims c LEFT JOIN papers p ON p.id = c.paper_id
;
