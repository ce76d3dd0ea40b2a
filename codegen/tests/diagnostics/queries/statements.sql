-- Texts that are not exactly one query.
--@ scope system: "mistakes only"

--! syntax
select id form content;
--             ^^^^^^^ error[syntax]: syntax error at or near "content"

--! definition
create table other (id int);
--<^^^^^^ error[statement]: this statement is not a query

--! own_limit
--@ page
--<^^^^^^^^ error[syntax]: syntax error at or near "limit"
-- help: remove its own
select id from content order by id limit 3;

--! grouping
select title, count(*) from content;
--     ^^^^^ error[grouping]: column "content.title" must appear in the GROUP BY clause

--! unnamed
select 1, 2, id, id, title, status as "Title" from content;
--     ^ warning[column-name]: column 1 has no name
--        ^ warning[column-name]: column 2 has no name
--               ^^ warning[column-name]: two columns are named `id`
--                          ^^^^^^ warning[column-name]: the columns `title` and `Title` have the same name in Rust
