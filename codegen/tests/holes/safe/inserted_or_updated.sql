-- why: xmax = 0 in RETURNING of INSERT tells whether the row was inserted
-- level: basic
--@ scope creator

--! inserted_or_updated
insert into codes (id, creator_id, code, body) values (:id, :creator_id, :code, :body) on conflict (id) do update set body = excluded.body where codes.creator_id = :creator_id returning id, xmax = 0 as inserted
;
