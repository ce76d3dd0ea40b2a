-- What brings rows of the whole into scope brings those of the partition.
--@ scope creator

--! partition_by_key
select m.day from marks_2020 m join content c on c.id = m.content_id where c.creator_id = :creator_id and c.deleted_at is null;
