-- why: COPY routes rows to partitions like INSERT, and the foreign key is not written
-- level: basic
--@ scope creator

--! copy_partitioned
--@ copy events(id, day, body)
