-- why: here xmax is that of the existing row, before the update
-- kind: opaque
--@ scope creator

--! xmax_of_conflict
insert into codes (id, creator_id, code, body) values (:id, :creator_id, :code, :body) on conflict (id) do update set body = excluded.body where codes.creator_id = :creator_id and codes.xmax = 0
;
