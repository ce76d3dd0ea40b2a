--! delete_by_id_alone
delete from comments where id = :id;
