-- columns: id=never, name=never, description=maybe, deleted_at=never
--@ scope system: "types only"

--! insert_through_view_ignores_its_filter
INSERT INTO v_live_orgs (id, name, slug, description, deleted_at) VALUES (gen_random_uuid(), 'n', 'vv', NULL, now())
RETURNING id, name, description, deleted_at
;
