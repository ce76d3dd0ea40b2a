--! groups
select state, count(*), sum(views) from posts where organization_id = :org group by state having count(*) > 0;
