-- columns: published_at=maybe
--@ scope system: "types only"

--! check_in_an_outer_join
SELECT p.published_at FROM users u LEFT JOIN posts p ON p.author_id = u.id AND p.state = 'published'
;
