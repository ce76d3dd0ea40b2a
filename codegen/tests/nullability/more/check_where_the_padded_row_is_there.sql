-- columns: published_at=never
--@ scope system: "types only"

--! check_where_the_padded_row_is_there
SELECT p.published_at FROM posts p LEFT JOIN users u ON u.id = p.author_id AND p.state = 'published' WHERE u.name = 'n'
;
