-- columns: code_reason=maybe
--@ scope system: "types only"

--! check_with_padding
SELECT code_reason FROM posts WHERE code = 'a  '
;
