-- why: one of the results of CASE is any parameter
-- kind: value
--@ scope creator

--! key_by_case_param
--@ param m int
update content set media_id = case when price > 0 then media_id else :m end where creator_id = :creator_id and deleted_at is null
;
