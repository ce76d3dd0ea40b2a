-- why: the new plan may be anything but the media is not verified
-- kind: influence
--@ scope organization

--! x136_org_fk_update
--@ param id uuid
--@ param m uuid
update content set media_item_id = :m where id = :id and organization_id = :organization_id and deleted_at is null
;
