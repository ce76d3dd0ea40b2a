--! computed
-- same: true for the value that it computes, which nobody derives
select title from posts where organization_id = :org + 1 - 1;
