-- why: the statement archives the content itself, and so makes others' comments readable
-- kind: value
--@ scope creator, reader

--! rows_made
with archived as (
  update content set status = 'archived' where creator_id = :creator_id and deleted_at is null returning id, status, price
)
select k.body from comments k join archived a on a.id = k.content_id
where k.deleted_at is null and a.price <= 100
;
