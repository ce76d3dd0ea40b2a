--! cascade
delete from labels where id = :id;
