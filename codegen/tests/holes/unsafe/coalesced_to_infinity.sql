-- why: a row can be deleted at infinity
-- kind: value
--@ scope creator

--! coalesced_to_infinity
select title from content where creator_id = :creator_id and coalesce(deleted_at, 'infinity') = 'infinity'
;
