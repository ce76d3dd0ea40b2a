-- why: rows find their partition as inserted ones do, and the key is left out
-- level: basic
--@ scope creator

--! copy_partitioned
--@ copy events(id, day, body)
