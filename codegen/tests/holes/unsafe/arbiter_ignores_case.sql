-- why: by the operator class of the index, owners that differ only in case are equal
-- kind: write
--@ scope creator

--! arbiter_ignores_case
--@ param id int
--@ param code text
--@ param body text
insert into codes (id, creator_id, code, body) values (:id, :creator_id, :code, :body)
on conflict (creator_id, lower(code)) do update set body = excluded.body
;
