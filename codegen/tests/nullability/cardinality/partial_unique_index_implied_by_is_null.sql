-- cardinality: opt
--@ scope system: "types only"

--! partial_unique_index_implied_by_is_null
--@ param s text
SELECT title FROM content WHERE slug = :s AND creator_id = 'user-0' AND organization_id IS NULL
;
