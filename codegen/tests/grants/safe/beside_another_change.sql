-- level: basic
-- The other UPDATE does not change memberships through foreign keys.
--@ scope user

--! beside_another_change
--@ grants club as owner
with noted as (update club_seats s set note = 'seen' where s.user_id = :user_id returning s.id)
select m.club_id from club_members m where m.club_id = :club_id and m.user_id = :user_id and m.role = 'owner';
