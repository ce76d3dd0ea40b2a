--! cascade_of_a_key
update labels set id = :to where id = :id;
