-- why: xmax tells whether the row was there
-- level: basic
--@ scope creator

--! inserted_or_updated
insert into codes (id, creator_id, code, body) values (:id, :creator_id, :code, :body) on conflict (id) do update set body = excluded.body where codes.creator_id = :creator_id returning id, xmax = 0 as inserted
;
