-- why: the function with the trusted signature
-- level: basic
--@ scope creator

--! trusted_signature_own
select slugify(title) as slug from content where creator_id = :creator_id and deleted_at is null
;
