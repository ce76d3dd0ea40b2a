-- A foreign key that brings the partitioned table into scope does so for its partitions.
--@ scope creator

--! partition_by_key
select m.day from marks_2020 m join content c on c.id = m.content_id where c.creator_id = :creator_id and c.deleted_at is null;
