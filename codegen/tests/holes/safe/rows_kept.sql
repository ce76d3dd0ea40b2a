-- why: the content was archived before the statement
-- level: hard
--@ scope creator, reader

--! rows_kept
with renamed as (
  update content set title = :title where creator_id = :creator_id and status = 'archived' and deleted_at is null
  returning id, status, price
)
select k.body from comments k join renamed r on r.id = k.content_id
where k.deleted_at is null and r.price <= 100
;
