--@ scope system: "mistakes only"

--! a_key_twice
select jsonb_agg(jsonb_build_object('id', u.id, 'id', u.name)) as users from users u;
--               ^^^^^^^^^^^^^^^^^^ error[nested-key]: the object has the key `id` twice
-- help: give one of them another name

--! a_key_twice_in_a_row
select json_agg(x) as rows from (select u.id, c.id from users u join content c on c.creator_id = u.id) x;
--              ^ error[nested-key]: the object has the key `id` twice

--! rows_without_json
select array_agg(row(u.id, u.name)) as users from users u;
--<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[rust-type]: column `users` is of type _record
-- help: `jsonb_agg(jsonb_build_object('id', id, ...))`

--! subquery_rows_without_json
select array(select row(u.id, u.name) from users u) as users;
--<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[rust-type]: column `users` is of type _record

--! a_row_without_json
select u as row_of_users, row(u.id, u.name) as pair from users u;
--<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[rust-type]: column `pair` is of type record
-- help: `jsonb_build_object('id', id, ...)`

--! json_of_nothing
--@ json user
--       ^^^^ error[annotation]: the query has no column `user`
-- help: did you mean `users`?
select jsonb_agg(u) as users from users u;

--! json_of_text
--@ json name
--       ^^^^ error[annotation]: column `name` is of type text
-- help: remove the line
select u.name from users u;
