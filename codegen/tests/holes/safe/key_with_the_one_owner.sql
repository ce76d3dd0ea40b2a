-- why: only the organization is claimed, and the key contains it
-- level: basic
--@ scope organization

--! key_with_the_one_owner
--@ param id int
--@ param content_id int
insert into pins (id, creator_id, organization_id, content_id)
select :id, c.creator_id, :organization_id, :content_id from content c
where c.organization_id = :organization_id and c.deleted_at is null limit 1
;
