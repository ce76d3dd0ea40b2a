-- kind: grant
-- The partition has rows of the whole, and this one is no owner's any more when the statement ends.
--@ scope user

--! demoted_in_its_partition
--@ grants club as owner
with demoted as (
  update club_members_low m set role = 'guest' where m.user_id = :user_id and m.club_id = :club_id returning m.club_id
)
select m.club_id from club_members m where m.club_id = :club_id and m.user_id = :user_id and m.role = 'owner';
