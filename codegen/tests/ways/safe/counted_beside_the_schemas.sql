-- why: count(any) of PostgreSQL, although the schema has another count
-- level: hard
--@ scope user

--! counted_beside_the_schemas
select s.id from stores s where (select count(k.store_id) from keepers k where k.store_id = s.id and k.user_id = :user_id) > 0
;
