-- why: the key contains the organization, but the content can be another creator's
-- kind: value
--@ scope creator, organization

--! key_with_one_owner_of_two
--@ param id int
--@ param content_id int
insert into pins (id, creator_id, organization_id, content_id)
values (:id, :creator_id, :organization_id, :content_id)
;
