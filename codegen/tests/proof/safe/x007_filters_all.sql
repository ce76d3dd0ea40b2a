-- why: every aggregate is filtered
-- level: hard
--@ scope creator

--! x007_filters_all
select count(*) filter (where creator_id = :creator_id and deleted_at is null and status = 'draft') as drafts,
       max(price_cents) filter (where creator_id = :creator_id and deleted_at is null) as dearest
  from content
;
