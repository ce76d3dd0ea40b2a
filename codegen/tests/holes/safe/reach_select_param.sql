-- why: a parameter in a subquery without FROM
-- level: basic
--@ scope creator

--! reach_select_param
select c.title from (select :creator_id as who) p join content c on c.creator_id = (select p.who) and c.deleted_at is null
;
