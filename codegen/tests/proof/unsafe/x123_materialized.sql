-- why: a materialized view is a copy of the past
-- kind: value
--@ scope creator

--! x123_materialized
select id from mv_live_content where creator_id = :creator_id
;
