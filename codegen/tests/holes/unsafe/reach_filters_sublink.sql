-- why: a subquery beside the filtered aggregate reads all rows
-- kind: influence
--@ scope creator

--! reach_filters_sublink
select (select count(*) from content) - count(*) filter (where creator_id = :creator_id and deleted_at is null) as n from content
;
