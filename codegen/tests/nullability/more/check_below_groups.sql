-- columns: last=never, n=never
--@ scope system: "types only"

--! check_below_groups
SELECT max(published_at) AS last, count(*) AS n FROM posts WHERE state = 'published' GROUP BY author_id
;
