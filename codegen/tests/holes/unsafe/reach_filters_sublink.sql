-- why: beside the filtered aggregate stands a subquery
-- kind: influence
--@ scope creator

--! reach_filters_sublink
select (select count(*) from content) - count(*) filter (where creator_id = :creator_id and deleted_at is null) as n from content
;
