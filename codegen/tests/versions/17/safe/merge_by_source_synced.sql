-- why: each target row that has influence is tested by ON or by WHEN
-- level: hard
--@ scope creator

--! merge_by_source_synced
merge into codes c using (select :id::int as id, :code::text as code) n on c.id = n.id and c.creator_id = :creator_id
when matched then update set code = n.code
when not matched then insert (id, creator_id, code) values (n.id, :creator_id, n.code)
when not matched by source and c.body = 'kept' then do nothing
when not matched by source and c.creator_id = :creator_id then delete
;
