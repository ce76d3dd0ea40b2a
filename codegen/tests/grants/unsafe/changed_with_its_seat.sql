-- kind: grant
-- ON UPDATE CASCADE changes the level that the role requires.
--@ scope user

--! changed_with_its_seat
--@ grants club as high
with changed as (update club_seats s set level = 0 where s.user_id = :user_id returning s.id)
select m.club_id from club_members m where m.club_id = :club_id and m.user_id = :user_id and m.level > 5;
