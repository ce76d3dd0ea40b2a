-- kind: opaque
-- || with any type calls the cast to text, which reads rows.
--@ scope creator

--! text_casts
select 'mood: ' || l.mood as mood from letters l where l.creator_id = :creator_id;
