-- why: the subquery is NULL if it finds nothing
-- kind: write
--@ scope creator

--! owner_by_subquery
--@ param id int
insert into media (id, creator_id, title) values (:id, (select u.id from users u where u.id = :creator_id and u.email = 'x'), 't')
;
