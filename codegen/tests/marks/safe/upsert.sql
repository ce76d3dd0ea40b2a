-- why: the index has only notes that are not deleted
-- level: basic
--@ scope user

--! upsert
insert into notes as n (id, user_id, key, body) values (:id, :user_id, :key, :body) on conflict (user_id, key) where not deleted do update set body = excluded.body where n.user_id = :user_id
;
