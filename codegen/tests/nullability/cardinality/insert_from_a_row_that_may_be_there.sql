-- cardinality: opt
--@ scope system: "types only"

--! insert_from_a_row_that_may_be_there
with u as (insert into users (id, name, email) values ('a', 'n', 'e') on conflict do nothing returning id) insert into sessions (id, expires_at, token, user_id) select 's', now(), 't', u.id from u returning id
;
