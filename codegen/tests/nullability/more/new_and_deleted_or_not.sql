-- columns: id=never
-- nullparams: deleted_at
--@ scope system: "types only"

--! new_and_deleted_or_not
insert into organizations (name, slug, deleted_at) values (:name, :slug, :deleted_at) on conflict (slug) do update set deleted_at = :now returning id
;
