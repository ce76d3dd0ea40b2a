-- why: the index also has drafts that are deleted
-- kind: write
--@ scope user

--! upsert_any
insert into drafts as d (id, user_id, key, body) values (:id, :user_id, :key, :body) on conflict (user_id, key) where deleted is not false do update set body = excluded.body where d.user_id = :user_id
;
