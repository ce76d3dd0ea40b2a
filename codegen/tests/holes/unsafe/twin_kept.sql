-- kind: value
-- The left side is preserved whether or not the caller's row matches.
--@ scope creator

--! twin_kept
select d.title, c.title as own from content d left join content c on c.id = d.id and c.creator_id = :creator_id and c.deleted_at is null;
