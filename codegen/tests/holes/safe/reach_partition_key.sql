-- why: the column is in every PARTITION BY
-- level: basic
--@ scope creator

--! reach_partition_key
select * from (select creator_id, title, row_number() over (partition by creator_id order by id) as place, count(*) over (partition by slug, creator_id) as n from content where deleted_at is null) x where creator_id = :creator_id and place <= 3
;
