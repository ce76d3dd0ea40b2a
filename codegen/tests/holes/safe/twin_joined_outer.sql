-- Where it is not missing, it is the same row.
--@ scope creator

--! twin_joined_outer
select c.title, d.status from content c left join content d on d.id = c.id where c.creator_id = :creator_id and c.deleted_at is null;
