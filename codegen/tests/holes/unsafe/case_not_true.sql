-- why: IS NOT TRUE also accepts NULL
-- kind: value
--@ scope creator

--! case_not_true
select id from content where (case when creator_id <> :creator_id or deleted_at is not null then true end) is not true
;
