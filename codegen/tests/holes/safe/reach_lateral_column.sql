-- why: a LATERAL subquery passes an outer column on
-- level: basic
--@ scope creator

--! reach_lateral_column
select c.title from users u cross join lateral (select u.id as who) p join content c on c.creator_id = p.who and c.deleted_at is null where u.id = :creator_id
;
