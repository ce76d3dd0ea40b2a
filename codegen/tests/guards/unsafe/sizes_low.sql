-- why: equal in the lower 32 bits
-- kind: value
--@ scope sizes

--! sizes_low
select id from books where size = any('{-705032704}')
;
