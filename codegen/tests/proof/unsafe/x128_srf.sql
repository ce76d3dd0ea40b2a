-- why: the filter comes after the limit of the function body
-- kind: influence
--@ scope creator

--! x128_srf
--@ param n int
select id from recent_content(:n) where creator_id = :creator_id
;
