-- columns: archived_at=never, published_at=maybe
--@ scope system: "types only"

--! check_by_other_word
SELECT archived_at, published_at FROM posts WHERE state = 'archived'
;
