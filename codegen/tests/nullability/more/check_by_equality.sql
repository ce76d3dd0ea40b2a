-- columns: published_at=never, reviewed_by=never, archived_at=maybe
--@ scope system: "types only"

--! check_by_equality
SELECT published_at, reviewed_by, archived_at FROM posts WHERE state = 'published' AND id > 0
;
