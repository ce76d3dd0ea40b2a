-- kind: grant
-- The UPDATE of a partition can change this row.
--@ scope user

--! demoted_in_its_partition
--@ grants club as owner
with demoted as (
  update club_members_low m set role = 'guest' where m.user_id = :user_id and m.club_id = :club_id returning m.club_id
)
select m.club_id from club_members m where m.club_id = :club_id and m.user_id = :user_id and m.role = 'owner';
