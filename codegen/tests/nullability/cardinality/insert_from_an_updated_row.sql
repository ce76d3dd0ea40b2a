-- cardinality: opt
--@ scope system: "types only"

--! insert_from_an_updated_row
with u as (update users set name = 'x' where id = :id returning id, name) insert into sessions (id, expires_at, token, user_id) select 's', now(), 't', u.id from u returning id
;
