-- why: aggregated children
-- level: basic
--@ scope creator

--! x176_jsonb_agg_left
select c.id, coalesce(jsonb_agg(jsonb_build_object('id', k.id, 'body', k.body)) filter (where k.id is not null), '[]') as comments
  from content c left join comments k on k.content_id = c.id and k.deleted_at is null where c.creator_id = :creator_id and c.deleted_at is null group by c.id
;
