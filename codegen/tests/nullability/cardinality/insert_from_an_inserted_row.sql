-- cardinality: one
--@ scope system: "types only"

--! insert_from_an_inserted_row
with u as (insert into users (id, name, email) values ('a', 'n', 'e') returning id) insert into sessions (id, expires_at, token, user_id) select 's', now(), 't', u.id from u returning id
;
