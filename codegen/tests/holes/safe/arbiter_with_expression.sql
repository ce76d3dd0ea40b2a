-- why: the owner column is in the index as it is, beside an expression
-- level: basic
--@ scope creator

--! arbiter_with_expression
--@ param id int
--@ param code text
--@ param body text
insert into tokens (id, creator_id, code, body) values (:id, :creator_id, :code, :body)
on conflict (creator_id, lower(code)) do update set body = excluded.body
;
