-- columns: kind_reason=maybe
--@ scope system: "types only"

--! check_under_another_collation
SELECT kind_reason FROM posts WHERE kind COLLATE "C" <> 'Plain'
;
