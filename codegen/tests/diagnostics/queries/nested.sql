--@ scope system: "mistakes only"

--! a_key_twice
select jsonb_agg(jsonb_build_object('id', u.id, 'id', u.name)) as users from users u;
--               ^^^^^^^^^^^^^^^^^^ error[nested-key]: the nested result has two keys `id`
-- help: rename one of them

--! a_key_twice_in_a_row
select json_agg(x) as rows from (select u.id, c.id from users u join content c on c.creator_id = u.id) x;
--              ^ error[nested-key]: the nested result has two keys `id`

--! rows_without_json
select array_agg(row(u.id, u.name)) as users from users u;
--<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[rust-type]: column `users` is of type _record
-- help: `array(select x from (select id, ...) x)`

--! subquery_rows_without_json
select array(select row(u.id, u.name) from users u) as users;
--<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[rust-type]: column `users` is of type _record

--! a_row_without_json
select u as row_of_users, row(u.id, u.name) as pair from users u;
--<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[rust-type]: column `pair` is of type record
-- help: `select x from (select id, ...) x`

--! a_record_with_a_key_twice
select array(select x from (select u.id, c.id from users u join content c on c.creator_id = u.id) x) as rows;
--                  ^ error[nested-key]: the nested result has two keys `id`

--! records_that_differ
select x as pair from (select u.id, 1 as place from users u) x
--<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[rust-type]: column `pair` is of type record
union all
select y from (select u.id, 1::bigint as place from users u) y;

--! records_with_something_without_a_type
select array(select x from (select u.id, row(1, 2) as pair from users u) x) as rows;
--<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[rust-type]: column `rows` is of type _record

--! records_of_a_function
select array(select x from rows from (generate_series(1, 2), generate_series(1, 3)) x) as rows;
--<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[rust-type]: column `rows` is of type _record

--! an_array_of_arrays
select array(select array[u.id, u.name] from users u) as pairs;
--<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[rust-type]: column `pairs` is an array of arrays
-- help: `array(select x from (select ...) x)`

--! arrays_of_arrays
select array_agg(array[u.id]) as ids, coalesce('{{1,2},{3,4}}'::int[], '{}') as numbers from users u;
--<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[rust-type]: column `ids` is an array of arrays
--<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[rust-type]: column `numbers` is an array of arrays

--! an_array_of_arrays_as_json
select to_jsonb(array(select array[u.id, u.name] from users u)) as pairs;

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

--! an_array_of_arrays_below
with pairs as (select array_agg(array[u.id]) as ids from users u) select p.ids from (select ids from pairs) p;
--<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[rust-type]: column `ids` is an array of arrays
-- help: make it JSON
