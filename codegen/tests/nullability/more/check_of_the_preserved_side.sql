-- columns: published_at=maybe, x=maybe
--@ scope system: "types only"

--! check_of_the_preserved_side
SELECT p.published_at, u.name AS x FROM posts p LEFT JOIN users u ON u.id = p.author_id AND p.state = 'published'
;
