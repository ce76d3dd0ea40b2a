-- columns: archived_at=maybe
--@ scope system: "types only"

--! check_by_too_few_excluded_words
SELECT archived_at FROM posts WHERE state NOT IN ('planned', 'draft')
;
