-- why: IS TRUE of a CASE
-- level: basic
--@ scope creator

--! case_is_true
select id from content where (case when creator_id = :creator_id then deleted_at is null else null end) is true
;
