-- why: the number of a transaction reveals how many there are, of all tenants
-- kind: opaque
--@ scope creator

--! xmax_of_itself
insert into codes (id, creator_id, code, body) values (:id, :creator_id, :code, :body) on conflict (id) do update set body = excluded.body where codes.creator_id = :creator_id returning xmax = 1 as first, xmax
;
