-- columns: preview=maybe
--@ scope system: "types only"

--! coalesce_of_a_padded_row
SELECT coalesce(n.body, n.attachment) AS preview FROM users u LEFT JOIN notes n ON n.sender = u.id
;
