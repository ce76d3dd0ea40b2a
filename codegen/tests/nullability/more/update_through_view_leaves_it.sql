-- columns: id=never, deleted_at=never, description=maybe
--@ scope system: "types only"

--! update_through_view_leaves_it
UPDATE v_live_orgs SET deleted_at = now()
RETURNING id, deleted_at, description
;
