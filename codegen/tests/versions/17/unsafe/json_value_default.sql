-- why: the DEFAULT calls a function that is not understood
-- kind: opaque
--@ scope creator

--! json_value_default
select json_value(c.meta, '$.a' returning text default now_or('x') on empty) as v from content c where c.creator_id = :creator_id and c.deleted_at is null
;
