-- columns: owner=never
--@ scope system: "types only"

--! coalesce_of_owners
SELECT coalesce(author_id, organization_id::text) AS owner FROM posts
;
