-- cardinality: many
--@ scope system: "types only"

--! partial_unique_index_not_implied
--@ param s text
SELECT title FROM content WHERE slug = :s AND creator_id = 'user-0'
;
