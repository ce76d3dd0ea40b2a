-- kind: value
-- Other columns of it than those that everybody may read.
--@ scope viewer

--! twin_other_columns
select v.email from users v join users u on u.id = v.id where v.display_name = :name;
