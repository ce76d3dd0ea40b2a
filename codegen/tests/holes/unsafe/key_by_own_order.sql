-- why: the key finds a label of A for the owner a
-- kind: value
--@ scope creator

--! key_by_own_order
insert into boxes (id, creator_id, label_id) values (:id, :creator_id, :label_id);
