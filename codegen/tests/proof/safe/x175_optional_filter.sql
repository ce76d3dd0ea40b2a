-- why: optional filters narrow
-- level: basic
--@ scope creator

--! x175_optional_filter
--@ param status text
select id from content where creator_id = :creator_id and deleted_at is null and (:status is null or status = :status)
;
