-- why: matched rows are changed whoever owns them
-- kind: write
--@ scope creator

--! merge_by_source_matched_by_any
merge into codes c using (select :id::int as id, :code::text as code) n on c.id = n.id
when matched then update set code = n.code
when not matched by source and c.creator_id = :creator_id then delete
;
