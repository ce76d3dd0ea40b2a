-- why: the schema's own aggregate `count` starts at 1
-- kind: value
--@ scope user

--! counted_by_the_schema
select s.id from stores s where (select count(k.id) from keepers k where k.store_id = s.id and k.user_id = :user_id) > 0
;
