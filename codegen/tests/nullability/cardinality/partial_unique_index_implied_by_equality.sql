-- cardinality: opt
--@ scope system: "types only"

--! partial_unique_index_implied_by_equality
--@ param s text
SELECT title FROM content WHERE slug = :s AND organization_id = '00000000-0000-0000-0000-000000000001'
;
