-- cardinality: many
--@ scope system: "types only"

--! insert_from_updated_rows
with u as (update users set name = 'x' where name = :name returning id) insert into sessions (id, expires_at, token, user_id) select u.id, now(), 't', u.id from u returning id
;
