--! any_of_several
select title from posts where organization_id = any(:orgs::int[]);
