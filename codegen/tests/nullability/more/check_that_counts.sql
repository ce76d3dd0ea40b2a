-- columns: organization_id=never
--@ scope system: "types only"

--! check_that_counts
SELECT organization_id FROM posts WHERE author_id IS NULL
;
