-- why: the condition of CASE reads rows of others
-- kind: influence
--@ scope creator

--! case_reads_others
select id from content where case when exists (select from content other where other.slug = content.slug and other.deleted_at is null) then creator_id = :creator_id and deleted_at is null else false end
;
