-- columns: id=never
-- nullparams: title
--@ scope system: "types only"

--! coalesce_in_conditions_and_elsewhere
select m.id from media_items m where m.title = coalesce(:title, 'x') and m.description = coalesce(:description, 'y') and m.mime_type like :description
;
