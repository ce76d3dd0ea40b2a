-- why: a column with a case-insensitive collation is written
-- level: basic
--@ scope creator

--! ci_column_written
update aliases set name = :name where id = :id and creator_id = :creator_id returning name;
