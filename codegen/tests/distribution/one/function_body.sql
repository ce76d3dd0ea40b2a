--! function_body
select title from posts_of(:org) where state = 'live';
