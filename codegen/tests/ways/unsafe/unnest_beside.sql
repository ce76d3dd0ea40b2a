-- why: the other column of ROWS FROM is no element, and the shorter one is padded
-- kind: value
--@ scope organizations

--! unnest_beside
select n.id from rows from (unnest(:organization_ids), unnest(:ids::int[])) o (id, other) join notes n on n.organization_id = o.other
;
