-- why: the function of that name for integers is another one
-- kind: opaque
--@ scope creator

--! trusted_signature
select slugify(id) as slug from content where creator_id = :creator_id and deleted_at is null
;
