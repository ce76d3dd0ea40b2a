-- why: casts that change nothing
-- level: basic
--@ scope creator

--! x048_cast_chain
select id from content where creator_id::varchar = :creator_id::text and deleted_at is null
;
