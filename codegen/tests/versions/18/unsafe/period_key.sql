-- why: the referenced room can be another's
-- kind: value
--@ scope creator

--! period_key
--@ param room int4range
insert into bookings (id, creator_id, room_id, valid) values (1, :creator_id, :room, '[2020-01-01,2021-01-01)')
;
