--! trusted_and_immutable
select twice(views) from posts where organization_id = :org;
