-- why: the key finds the stamp of someone whose name differs in case alone
-- kind: value
--@ scope creator

--! key_ignores_case
insert into parcels (id, creator_id, stamp_id) values (:id, :creator_id, :stamp_id);
