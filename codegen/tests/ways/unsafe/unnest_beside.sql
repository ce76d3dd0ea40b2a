-- why: ROWS FROM: the other column is not an element of the set
-- kind: value
--@ scope organizations

--! unnest_beside
select n.id from rows from (unnest(:organization_ids), unnest(:ids::int[])) o (id, other) join notes n on n.organization_id = o.other
;
