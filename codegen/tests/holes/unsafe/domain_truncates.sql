-- why: the cast to the domain truncates the creator's id
-- kind: value
--@ scope creator

--! domain_truncates
select id from items where creator_id = :creator_id::short_id and deleted_at is null
;
