-- why: the referenced room and period are those of an own row
-- level: basic
--@ scope creator

--! period_key_verified
insert into bookings (id, creator_id, room_id, valid) select 1, :creator_id, r.id, r.valid from rooms r where r.creator_id = :creator_id
;
