-- columns: a=maybe, b=maybe, t=maybe, m=maybe, y=never, n=never
--@ scope system: "types only"

--! parts_of_infinite_times
SELECT to_char(c.published_at, 'YYYY') AS a, to_char(c.created_at, 'YYYY') AS b, c.created_at::time AS t, extract(month FROM c.created_at) AS m, extract(year FROM c.created_at) AS y, to_char(c.view_count, '999') AS n
FROM content c
;
