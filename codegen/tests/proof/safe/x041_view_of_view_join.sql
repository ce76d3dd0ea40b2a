-- why: view joined to a table
-- level: basic
--@ scope creator

--! x041_view_of_view_join
select v.title, f.name from live_content v join folders f on f.creator_id = v.creator_id and f.deleted_at is null where v.creator_id = :creator_id
;
