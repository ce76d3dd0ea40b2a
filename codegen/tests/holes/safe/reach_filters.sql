-- why: all outputs are filtered aggregates, also inside of expressions
-- level: basic
--@ scope creator

--! reach_filters
select coalesce(sum(price) filter (where creator_id = :creator_id and deleted_at is null), 0)::int as total, count(*) filter (where creator_id = :creator_id and deleted_at is null and status = 'draft') * 2 as drafts from content
;
