-- topic: conditions
-- columns: is_missing=maybe, is_outside=never
-- why: NOT becomes the operator that the schema calls the opposite of this one
--@ scope system: "types only"

--! opposite_of_the_schema
SELECT NOT ('{}'::jsonb ? name) AS is_missing, NOT ('{}'::jsonb @> to_jsonb(name)) AS is_outside FROM organizations
;
