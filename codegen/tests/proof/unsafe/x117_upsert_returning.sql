-- why: the row that is returned may be another's
-- kind: value
--@ scope creator

--! x117_upsert_returning
--@ param code text
insert into content (creator_id, slug, title, public_code) values (:creator_id, 's', 't', :code) on conflict (public_code) do update set price_cents = 0 returning title
;
