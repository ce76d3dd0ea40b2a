-- kind: value
-- The row that ON CONFLICT leaves can differ from the one that is read.
--@ scope creator

--! twin_of_inserted
with u as (insert into codes (id, creator_id, code) values (:id, :creator_id, 'x') on conflict (id) do update set body = 'y' where codes.creator_id = :creator_id returning id, creator_id) select d.body from codes d join u on u.id = d.id where u.creator_id = :creator_id;
