--! update_by_id_alone
update posts set views = views + 1 where id = :id returning views;
