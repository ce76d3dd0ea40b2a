--! by_constant
-- key: 1
select title from posts where organization_id = 1;
