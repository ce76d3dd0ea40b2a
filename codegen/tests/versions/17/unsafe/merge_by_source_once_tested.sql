-- why: one of two actions for rows without a source tests nothing
-- kind: write
--@ scope creator

--! merge_by_source_once_tested
merge into codes c using (select :id::int as id, :code::text as code) n on c.id = n.id and c.creator_id = :creator_id
when not matched by source and c.creator_id = :creator_id then delete
when not matched by source and c.body = 'old' then update set body = 'older'
;
