-- why: the room and its period are those of an own one
-- level: basic
--@ scope creator

--! period_key_verified
insert into bookings (id, creator_id, room_id, valid) select 1, :creator_id, r.id, r.valid from rooms r where r.creator_id = :creator_id
;
