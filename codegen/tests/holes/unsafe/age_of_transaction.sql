-- why: age(xid) reveals the number of transactions of all tenants
-- kind: opaque
--@ scope creator

--! age_of_transaction
select title, age('3'::xid) as transactions from content where creator_id = :creator_id and deleted_at is null
;
