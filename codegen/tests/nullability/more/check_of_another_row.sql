-- columns: published_at=maybe
--@ scope system: "types only"

--! check_of_another_row
SELECT p.published_at FROM posts p JOIN posts q ON q.rank = p.rank WHERE q.state = 'published'
;
