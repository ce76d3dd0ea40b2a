--! all_rows
select title from posts;
