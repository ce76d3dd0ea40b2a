-- why: the note that was inserted, or the existing one of the organization
-- level: basic
--@ scope organization

--! key_made_or_found
--@ param id int
with made as (insert into notes (id, organization_id) values (:id, :organization_id) on conflict do nothing returning id),
  one as (select id from made union all select id from notes where id = :id and organization_id = :organization_id)
insert into note_links (id, organization_id, note_id)
select :id, :organization_id, one.id from one limit 1
;
