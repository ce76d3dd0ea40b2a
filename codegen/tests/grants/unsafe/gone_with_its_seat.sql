-- kind: grant
-- ON DELETE CASCADE removes the membership.
--@ scope user

--! gone_with_its_seat
--@ grants club
with gone as (delete from club_seats s where s.user_id = :user_id returning s.id)
select m.club_id from club_members m where m.club_id = :club_id and m.user_id = :user_id;
