-- why: `x between p and p`, also symmetric
-- level: basic
--@ scope creator

--! reach_between
select title from content where creator_id between symmetric :creator_id and :creator_id and deleted_at is null
;
