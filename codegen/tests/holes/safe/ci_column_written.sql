-- why: A column that ignores case is written like any other.
-- level: basic
--@ scope creator

--! ci_column_written
update aliases set name = :name where id = :id and creator_id = :creator_id returning name;
