-- why: JSON_TABLE over a column of own rows
-- level: basic
--@ scope creator

--! json_table
select j.a, j.b from content c, json_table(c.meta, '$[*]' columns (a text path '$.a', n for ordinality, nested path '$.x[*]' columns (b int path '$'))) j where c.creator_id = :creator_id and c.deleted_at is null
;
