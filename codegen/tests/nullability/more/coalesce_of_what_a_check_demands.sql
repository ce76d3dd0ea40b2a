-- columns: preview=never, other=maybe
--@ scope system: "types only"

--! coalesce_of_what_a_check_demands
SELECT coalesce(body, attachment) AS preview, coalesce(body, sender) AS other FROM notes
;
