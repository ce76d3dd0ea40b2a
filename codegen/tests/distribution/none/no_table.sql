--! no_table
select :n::int + 1;
