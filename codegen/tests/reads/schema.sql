create table notes (
    id bigserial primary key,
    title text not null,
    views integer not null default 0
);

create view recent_notes as select * from notes order by id desc limit 10;
create view numbered_notes as select nextval('notes_id_seq') as number, title from notes;
create view locked_notes as select * from notes for update;

-- Bodies that can be analysed: it counts what they do, and not their declared volatility.
create function count_notes() returns bigint begin atomic select count(*) from notes; end;
create function next_number() returns bigint begin atomic select nextval('notes_id_seq'); end;
create function count_twice() returns bigint begin atomic select count_notes() + count_notes(); end;
create function number_of(id bigint) returns bigint return id + next_number();
create function add_note(title text) returns bigint begin atomic
    insert into notes (title) values ($1) returning id;
end;

-- Bodies that cannot be analysed: their declared volatility counts.
create function slugify(text) returns text language plpgsql immutable as $$ begin return lower($1); end $$;
create function titles() returns setof text language plpgsql stable as $$
begin return query select title from notes; end $$;
create function touch(bigint) returns bigint language plpgsql as $$
begin update notes set views = views + 1 where id = $1; return $1; end $$;

create function loudly(integer, integer) returns boolean language plpgsql as $$
begin update notes set views = $1; return true; end $$;
create operator ### (function = loudly, leftarg = integer, rightarg = integer);
create function quietly(integer, integer) returns boolean immutable return $1 > $2;
create operator #### (function = quietly, leftarg = integer, rightarg = integer);

create function keep(integer, integer) returns integer immutable return $1 + $2;
create aggregate total (integer) (sfunc = keep, stype = integer, initcond = '0');
create function log_and_keep(integer, integer) returns integer language plpgsql as $$
begin insert into notes (title) values ('counted'); return $1 + $2; end $$;
create aggregate noisy_total (integer) (sfunc = log_and_keep, stype = integer, initcond = '0');

create domain short as text check (length(value) < 20);
create function is_counted(text) returns boolean language plpgsql as $$
begin insert into notes (title) values ($1); return true; end $$;
create domain counted as text check (is_counted(value));
create domain counted_short as counted check (length(value) < 20);
