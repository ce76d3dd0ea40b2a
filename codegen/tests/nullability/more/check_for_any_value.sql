-- columns: published_at=maybe
--@ scope system: "types only"

--! check_for_any_value
--@ param state text
SELECT published_at FROM posts WHERE state = :state
;
