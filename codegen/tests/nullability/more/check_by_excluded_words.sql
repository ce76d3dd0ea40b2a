-- columns: archived_at=never
--@ scope system: "types only"

--! check_by_excluded_words
SELECT archived_at FROM posts WHERE state NOT IN ('planned', 'draft', 'published', 'late')
;
