-- columns: published_at=never
--@ scope system: "types only"

--! check_of_a_joined_row
SELECT p.published_at FROM users u JOIN posts p ON p.author_id = u.id AND p.state = 'published'
;
