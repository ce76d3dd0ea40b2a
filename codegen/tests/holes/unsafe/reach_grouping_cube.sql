-- why: CUBE has grouping sets without the key
-- kind: value
--@ scope creator

--! reach_grouping_cube
select * from (select creator_id, count(*) as n from content where deleted_at is null group by distinct creator_id, cube (creator_id)) x where n > length(:creator_id)
;
