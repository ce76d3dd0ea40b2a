-- columns: organization_id=maybe
--@ scope system: "types only"

--! check_that_counts_what_is_there
SELECT organization_id FROM posts WHERE author_id IS NOT NULL
;
