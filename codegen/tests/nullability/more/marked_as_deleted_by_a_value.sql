-- columns: id=never
-- nullparams: about
--@ scope system: "types only"

--! marked_as_deleted_by_a_value
update organizations set deleted_at = :now, description = :about where id = :id returning id
;
