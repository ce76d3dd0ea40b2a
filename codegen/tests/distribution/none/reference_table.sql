--! reference_table
select name from people where id = :id;
