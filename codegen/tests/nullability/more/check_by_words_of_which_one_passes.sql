-- columns: archived_at=maybe
--@ scope system: "types only"

--! check_by_words_of_which_one_passes
SELECT archived_at FROM posts WHERE state IN ('archived', 'draft')
;
