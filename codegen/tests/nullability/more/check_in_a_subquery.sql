-- columns: published_at=never
--@ scope system: "types only"

--! check_in_a_subquery
SELECT p.published_at FROM (SELECT published_at FROM posts WHERE state = 'published') p
;
