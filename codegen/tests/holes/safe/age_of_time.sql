-- why: the age of a time depends only on its argument
-- level: basic
--@ scope creator

--! age_of_time
select title, age(published_at) as age from content where creator_id = :creator_id and deleted_at is null
;
