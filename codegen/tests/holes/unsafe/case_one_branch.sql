-- why: the second branch does not restrict the owner
-- kind: value
--@ scope creator

--! case_one_branch
select id from content where deleted_at is null and case when status = 'draft' then creator_id = :creator_id when status = 'published' then true else false end
;
