-- The statements whose trees are recorded. A line "-- name" or "-- name since 17" opens each.
-- plain
select id, name as n, tags[1], tags[1:2], tags[:2], data['k'] from org where id = $1 and name like 'a%' or not id > 2 order by name desc nulls last, 1 limit $2 offset 3
-- star
select *, o, o.ctid, tableoid from only org o
-- constants
select 1, 1::int8, 1.5, 'x', 'x'::text, null, true, 'ok'::mood, '\x00ff'::bytea, '2020-01-01'::date, 'n'::name, '1.5'::float8, ''::text, repeat('y', 3), 'a'::"char", interval '1 day', '{}'::int[]
-- long_text
select 'a much longer constant, so that its bytes are wrapped over many lines of the output, and then some: äöü€' as t
-- joins
select i.*, o.* from item i left join org o on o.id = i.org_id right join wide w on w.a = o.id cross join wide v
-- using_merge
select id, x.y, i.title, count(*) from item i full join org o using (id) join (select 1 as id) z using (id) cross join lateral (select o.id as y) x group by 1, 2, 3
-- natural
select * from wide a natural join wide b
-- using_alias
select j.id, o.id from item i join org o using (id) as j
-- sublinks
select (select max(id) from item where org_id = o.id), array(select id from item), exists (select from item i where i.org_id = o.id), id in (select org_id from item), id = all (select 3), (id, name) = any (select 1, 'x'::text), row(1, 2) < (select 3, 4) from org o
-- cte
with recursive t(n) as materialized (select 1 union all select n + 1 from t where n < 5), u as not materialized (select n from t) select t.n, u.n from t, u
-- cte_writes
with gone as (delete from item where id = $1 returning *), added as (insert into org (id, name) values (1, 'x') returning id) select gone.id, added.id from gone, added
-- search_cycle
with recursive t(id, up) as (select 1, 2 union all select id, up from t) search depth first by id set ordering cycle id set is_cycle to 'Y' default 'N' using path select id, ordering, is_cycle, path from t
-- set_operations
select id from org union select id::int from item except all (select 1 intersect select 2) order by 1 limit 1
-- values
values (1, 'a'), ($1, upper($2))
-- values_from
select v.a from (values (1, 2), (3, $1::int)) v(a, b)
-- grouping
select org_id + 1, title, sum(price) filter (where price > $1), grouping(org_id + 1, title) from item group by grouping sets ((org_id + 1, title), rollup (title), cube (title), ()) having count(*) > 1
-- group_plain
select o.id, o.name, count(distinct i.title), string_agg(i.title, ',' order by i.price desc) from org o join item i on i.org_id = o.id group by o.id, o.name, i.org_id % 2 having max(i.price) > 3 order by o.name
-- group_sublink
select i.org_id, (select count(*) from org o where o.id = i.org_id and exists (select from wide w where w.a = i.org_id)) from item i group by i.org_id
-- group_expression_sublink
select coalesce(i.title, (select o.name || i.title from org o where o.id = i.org_id limit 1)), sum((select i.price)) from item i group by coalesce(i.title, (select o.name || i.title from org o where o.id = i.org_id limit 1))
-- group_distinct
select org_id, title from item group by distinct rollup (org_id), rollup (title)
-- group_using
select id, count(*) from item i join org o using (id) group by id
-- ordered_set
select percentile_cont(0.5) within group (order by price), rank(1.5) within group (order by price), mode() within group (order by title) from item
-- outer_aggregate
select (select sum(i.price) from org o) from item i
-- windows
select row_number() over (partition by org_id order by id), sum(price) filter (where price > 0) over w, lag(title, 2) over (order by id rows between $1 preceding and 1 following), count(*) over (order by price range between 1.5 preceding and current row exclude ties) from item window w as (partition by title)
-- distinct_on
select distinct on (org_id) org_id, title from item order by org_id, id
-- distinct
select distinct title from item
-- case
select case when id > 1 then 'a' else 'b' end, case id when 1 then 2 when $1 then 3 end, coalesce(name, $2, 'x'), nullif(id, 3), greatest(id, 2), least(1, id), id is distinct from 3 from org
-- tests
select title is null, duo is not null, (price > 1) is true, (price > 1) is not true, (price > 1) is false, (price > 1) is not false, (price > 1) is unknown, (price > 1) is not unknown, row(id, title) is null from item
-- casts
select item.id::text, title::text, price::int, amount, 3::positive, '{1}'::text[]::int[], tags::varchar[], row(1, 'x')::pair, data::text::jsonb, $1::mood, 'x' collate "C", cast(kind as text) from org, item
-- array_compare
select 1 from org where id = any ($1) and name <> all (array['a', 'b']) and id in (1, 2, $2) and id not in (3, 4) and tags && array[array['x']]
-- rows
select row(1, 2), (duo).a, (i.duo).b, i.duo, row(i.*), (1, 2) < (3, id), (1, 2) <= (3, 4), (1, 2) = (3, id), pair_sum(duo) from item i
-- functions
select named(1, c => 3), named(c => 3, a => 1, b => 2), concat(variadic array['a', 'b']), generate_series(1, 3), extract(year from deleted_at), position('a' in title), deleted_at at time zone 'UTC', trim(both from title) from item
-- function_range
select * from generate_series(1, $1) with ordinality g(n, o), unnest(array[1], array['a']) u(x, y), rows from (generate_series(1, 2), json_to_record('{}') as (a int, b text)) r, lateral named(g.n::int) f, item_titles(3)
-- session_values
select current_date, current_time, current_timestamp(3), localtime, localtimestamp, current_user, session_user, current_catalog, current_schema, now()
-- sample
select 1 from item tablesample bernoulli ($1) repeatable (7)
-- locks
select 1 from item i join org o on o.id = i.org_id, (select 1 from org) s for update of i skip locked for key share of o, s nowait
-- with_ties
select id from item order by id fetch first $1 rows with ties
-- nested_from
select 1 from (item i join org o on o.id = i.org_id) join (select 1 as x) s on s.x = o.id where o.id = $1
-- lateral
select o.id, l.title from org o left join lateral (select title from item i where i.org_id = o.id order by i.id limit 1) l on true
-- view
select id, name from live where org_id = $1
-- insert
insert into item (org_id, title) values ($1, $2) returning id, title as t
-- insert_rows
insert into item as i (org_id, title, price) values ($1, $2, default), (2, 'b', 3) returning *
-- insert_select
insert into org (id, name) select org_id, title from item where id = $1
-- insert_defaults
insert into org default values
-- insert_overriding
insert into item (id, org_id) overriding system value values (1, 2)
-- insert_overriding_user
insert into item (id, org_id) overriding user value values (1, 2)
-- insert_parts
insert into item (org_id, duo.a, duo.b) values ($1, 2, 'x')
-- upsert
insert into item as i (org_id, title) values ($1, $2) on conflict (org_id, title) where id > 0 do update set price = excluded.price + i.price, title = default where i.deleted_at is null returning i.id
-- upsert_nothing
insert into org (id, name) values (1, 'x') on conflict do nothing
-- upsert_constraint
insert into org (id, name) values (1, 'x') on conflict on constraint org_pkey do update set (name, id) = (select 'x', 3)
-- update
update item i set title = $2, price = i.price + o.id, duo.a = 3, deleted_at = default from org o where o.id = i.org_id and i.id = $1 returning i.*, o.name
-- update_multi
update org o set (name, kind) = (select title, 'ok'::mood from item i where i.org_id = o.id), tags[2] = 'x', data['a'] = '1', tags[1:2] = '{a,b}' where id = $1
-- delete
delete from item i using org o where o.id = i.org_id and o.name = $1 returning i.id
-- odd_names
select r."a b" as ":relid", r."{""}\" as "(b 1 2)", "<>" as "<>", 1 as "x
y", 2 as "\", 3 as "1", 4 as """", 5 as ":x }", 6 as "-1", 7 as "  two  spaces  " from "odd :relid (x)" r, (select 1) ":relid 7 :x"("a""b")
-- long_names
select 1 as "äääääääääääääääääääääääääääääää", 2 as "a long name with spaces in it, which is wrapped somewhere by now", 3 as "a long name with spaces in it, which is wrapped somewhere by now2", 4 as "a_name_without_any_space_that_has_exactly_the_sixty_three_bytes"
-- xml
select xmlelement(name foo, xmlattributes(1 as a, upper($1) as b), name), xmlforest(id, name as n), xmlconcat('<a/>', '<b/>'::xml), xmlpi(name php, 'x'), xmlroot(xml '<a/>', version '1.0'), xmlserialize(content xml '<a/>' as text), '<a/>'::xml is document, xmlparse(document $2), xmlexists('//a' passing ('<a/>'::xml)) from org
-- xml_table
select x.* from org, xmltable(xmlnamespaces('http://x' as x), '/a' passing (name::xml) columns id int path '@id' not null, b text default 'z' || name, n for ordinality) x
-- merge since 15
merge into item i using org o on o.id = i.org_id and o.id = $1 when matched and i.price > 1 then update set title = o.name, price = default when matched then delete when not matched and o.id > 2 then insert (org_id, title) values (o.id, $2) when not matched then do nothing
-- merge_inner since 15
merge into item i using (select 1 as id) o on o.id = i.org_id when matched then do nothing
-- merge_default since 15
merge into item i using org o on o.id = i.org_id when not matched then insert (org_id) overriding user value values (3)
-- merge_view since 17
merge into plain l using org o on o.id = l.org_id when matched then delete
-- merge_17 since 17
with x as (select 1 as id) merge into item i using x o on o.id = i.org_id when matched then delete when not matched by source and i.price > 3 then update set price = 0 when not matched by target then insert default values returning merge_action(), i.id, o.id
-- json_16 since 16
select json_object('a': 1, 'b': $1::text null on null with unique keys returning jsonb), json_array(1, name absent on null), json_array(select id from org), json_objectagg(name: id), json_arrayagg(id order by id), name is json, data is json object with unique keys from org group by name, data, id
-- json_17 since 17
select json_value(data, '$.a' passing id as x, $1::int as y returning int default 3 on empty error on error), json_query(data, '$.b' with wrapper), json_query(data, '$.b' omit quotes), json_exists(data, '$.c' false on error), json('{}'), json_scalar(1), json_serialize('{}' returning bytea) from org
-- json_table since 17
select t.* from org, json_table(data, '$[*]' as root passing id as x columns (n for ordinality, a int path '$.a' default 0 on empty, b text format json path '$.b' keep quotes, e boolean exists path '$.e', nested path '$.c[*]' as sub columns (c int, d text), nested '$.f' columns (f int))) t
-- returning_18 since 18
update item i set price = $1 where id = $2 returning old.price, new.price, old, price
-- returning_named since 18
insert into item (org_id) values (1) on conflict (id) do update set price = 1 returning with (old as o, new as n) o.id, n.id, (select n.title), o.title is null, coalesce(o.price, n.price), o.*
-- row_cast
select p::org, (p::org).name from part p
-- cursor
update org set name = 'x' where current of c
-- cut_name
select 1 as "((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((("
-- cut_field
select 1 as "(((((((((((((((((((((((((((((((((((((:ressortgroupref"
-- cut_list
select * from (select 1) as r("(((((((((((((((((((((((((((((((((((((""""b")
