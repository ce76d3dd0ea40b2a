-- why: a keyset page
-- level: basic
--@ scope creator

--! x174_keyset_page
--@ param at timestamptz
--@ param id uuid
select id, title from content where creator_id = :creator_id and deleted_at is null and (published_at, id) < (:at, :id) order by published_at desc, id desc limit 20
;
