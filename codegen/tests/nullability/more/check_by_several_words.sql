-- columns: archived_at=never
--@ scope system: "types only"

--! check_by_several_words
SELECT archived_at FROM posts WHERE state IN ('archived', 'deleted')
;
