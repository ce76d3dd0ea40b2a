-- why: the existing row is in scope by the arbiter
-- level: basic
--@ scope creator

--! conflict_returning_old
insert into tokens (id, creator_id, code, body) values (1, :creator_id, 'x', 'y')
on conflict (creator_id, lower(code)) do update set body = excluded.body
returning old.body as was, new.body as is_now
;
