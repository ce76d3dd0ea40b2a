-- What is not a query, or not one.
--@ scope system: "mistakes only"

--! syntax
select id form content;
--             ^^^^^^^ error[syntax]: syntax error at or near "content"

--! definition
create table other (id int);
--<^^^^^^ error[statement]: this statement is not a query

--! own_limit
--@ page
select id from content order by id limit 3;

--! grouping
select title, count(*) from content;
--     ^^^^^ error[grouping]: column "content.title" must appear in the GROUP BY clause

--! unnamed
select 1, 2, id, id from content;
