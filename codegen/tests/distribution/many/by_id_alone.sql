--! by_id_alone
select title from posts where id = :id;
