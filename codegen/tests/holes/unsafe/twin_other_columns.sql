-- kind: value
-- The twin may be read only in some columns, and others are used here.
--@ scope viewer

--! twin_other_columns
select v.email from users v join users u on u.id = v.id where v.display_name = :name;
