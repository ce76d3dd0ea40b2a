-- why: SQL/JSON aggregates of own rows
-- level: basic
--@ scope creator

--! json_aggregates
select json_arrayagg(c.title order by c.slug returning jsonb) as titles, json_objectagg(c.slug : c.title absent on null) as by_slug from content c where c.creator_id = :creator_id and c.deleted_at is null
;
