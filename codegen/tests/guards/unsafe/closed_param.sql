-- why: the parameter can be anything
-- kind: value
--@ scope open

--! closed_param
--@ param closed bool
select id from books where closed = :closed
;
