--! two_constants
select title from posts where organization_id = 1 union all select body from comments where organization_id = 2;
