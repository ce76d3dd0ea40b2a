-- columns: signed_by=never
--@ scope system: "types only"

--! check_of_the_table_alone
SELECT signed_by FROM ONLY papers WHERE state = 'signed'
;
