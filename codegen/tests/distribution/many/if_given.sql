--! if_given
select title from posts where :org::int is null or organization_id = :org;
