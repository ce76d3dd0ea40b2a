-- level: extended
-- An enum with a cast to json is only read and compared, so the cast is not called.
--@ scope creator

--! enum_not_cast
select l.id, l.mood, count(l.old_name) as names from letters l where l.creator_id = :creator_id group by l.id, l.mood union select o.id, o.mood, 0 from letters o where o.creator_id = :creator_id;
