-- why: the DEFAULT of a column calls a function that is not understood
-- kind: opaque
--@ scope creator

--! json_table_default
select j.a from content c, json_table(c.meta, '$[*]' columns (a text path '$.a' default now_or('x') on empty)) j where c.creator_id = :creator_id and c.deleted_at is null
;
