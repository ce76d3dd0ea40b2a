--! view_of_all
select title from live_posts;
