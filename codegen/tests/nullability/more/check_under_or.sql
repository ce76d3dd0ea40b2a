-- columns: published_at=maybe
--@ scope system: "types only"

--! check_under_or
--@ param rank integer
SELECT published_at FROM posts WHERE state = 'published' OR rank = :rank
;
