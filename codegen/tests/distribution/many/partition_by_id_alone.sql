--! partition_by_id_alone
select day from visits_early where id = :id;
