-- why: the trusted function has the same name and other parameters
-- kind: opaque
--@ scope creator

--! trusted_signature
select slugify(id) as slug from content where creator_id = :creator_id and deleted_at is null
;
