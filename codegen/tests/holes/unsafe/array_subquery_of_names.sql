-- why: the text names classes that the catalogs tell of
-- kind: opaque
--@ scope creator

--! array_subquery_of_names
select array(select m.id::regclass from media m where m.creator_id = :creator_id and m.deleted_at is null)::text as names;
