-- why: runs SQL text
-- kind: opaque
--@ scope creator

--! x131_ts_stat
select word from ts_stat('select to_tsvector(title) from content') where :creator_id is not null
;
