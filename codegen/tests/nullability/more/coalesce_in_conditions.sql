-- columns: id=never
-- nullparams: since, before, least
--@ scope system: "types only"

--! coalesce_in_conditions
select m.id from media_items m where m.created_at >= coalesce(:since, now()) and m.created_at < coalesce(:before, :until::timestamptz) and m.file_size_bytes > coalesce(:least, m.width, :other)
;
