-- why: whether ranges meet is asked of a function that reads
-- kind: opaque
--@ scope creator

--! multirange_of_rows
select id from chapters where creator_id = :creator_id and not isempty(pages);
