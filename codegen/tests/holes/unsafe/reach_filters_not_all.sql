-- why: one of the aggregates has no filter
-- kind: influence
--@ scope creator

--! reach_filters_not_all
select coalesce(sum(price) filter (where creator_id = :creator_id and deleted_at is null), count(*)) as total from content
;
