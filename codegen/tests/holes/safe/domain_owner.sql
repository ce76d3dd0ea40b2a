-- why: the owner column has a domain type
-- level: basic
--@ scope creator

--! domain_owner
select id from items where creator_id = :creator_id and deleted_at is null
;
