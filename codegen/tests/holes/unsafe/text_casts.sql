-- kind: opaque
-- This operator takes any type, and casts to text by itself.
--@ scope creator

--! text_casts
select 'mood: ' || l.mood as mood from letters l where l.creator_id = :creator_id;
