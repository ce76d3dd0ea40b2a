-- why: settings by key
-- level: basic
--@ scope organization

--! x179_upsert_where_live
--@ param key text
insert into organization_settings as s (organization_id, key, value) values (:organization_id, :key, '{}') on conflict (organization_id, key) do update set value = excluded.value where s.organization_id = :organization_id
;
