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

-- What PostgreSQL calls by itself: to compare values, to cast them, to choose the rows that there are.
create function noted(text) returns boolean language plpgsql as $$
begin insert into notes (title) values ($1); return true; end $$;
create type label as (word text);
create function labels_equal(label, label) returns boolean language plpgsql as $$ begin return noted('equal'); end $$;
create function labels_less(label, label) returns boolean language plpgsql as $$ begin return noted('less'); end $$;
create function compare_labels(label, label) returns integer language plpgsql as $$
begin return case when noted('compared') then 0 end; end $$;
create operator < (function = labels_less, leftarg = label, rightarg = label);
create operator = (function = labels_equal, leftarg = label, rightarg = label);
create operator class label_ops default for type label using btree as
    operator 1 <, operator 3 =, function 1 compare_labels(label, label);
create type span as range (subtype = label);
create type mood as enum ('good', 'bad');
create type pitch as enum ('high', 'low');
create function mood_text(mood) returns text language plpgsql as $$ begin perform noted('cast'); return 'x'; end $$;
create cast (mood as text) with function mood_text(mood) as assignment;
create function mood_pitch(mood) returns pitch language plpgsql as $$ begin perform noted('cast'); return 'low'; end $$;
create cast (mood as pitch) with function mood_pitch(mood) as implicit;
create function unlike(jsonb, text) returns boolean language plpgsql as $$ begin return noted('unlike'); end $$;
create operator !? (function = unlike, leftarg = jsonb, rightarg = text, negator = operator(pg_catalog.?));
create function odd_compare(text, text) returns integer language plpgsql as $$
begin return case when noted('sorted') then 0 end; end $$;
create operator <<< (function = text_lt, leftarg = text, rightarg = text);
create operator === (function = texteq, leftarg = text, rightarg = text);
create operator class odd_ops for type text using btree as operator 1 <<<, operator 3 ===, function 1 odd_compare(text, text);
create table letters (id bigint primary key, label label, span span, spans span_multirange, mood mood, body jsonb, word text);

-- The same of what only computes.
create function pitch_text(pitch) returns text language plpgsql immutable as $$ begin return 'x'; end $$;
create cast (pitch as text) with function pitch_text(pitch) as assignment;
create table songs (id bigint primary key, pitch pitch, short short);

create function numbered(id bigint, number bigint default nextval('notes_id_seq')) returns bigint return id + number;
create function as_counted(word text) returns counted return word;

create table watched (id bigint primary key, owner text);
alter table watched enable row level security;
create policy watched_by on watched using (noted(owner));
create table guarded (id bigint primary key, owner text, about bigint);
alter table guarded enable row level security;
create policy guarded_by on guarded for select using (owner = current_user and exists (select from notes where notes.id = about));
create policy changed_by on guarded for update using (noted(owner));
create table behind (id bigint primary key);
alter table behind enable row level security;
create policy behind_by on behind using (exists (select from watched where watched.id = behind.id));
create view watched_view with (security_barrier) as select id from watched;
create table unguarded (id bigint primary key, owner text);
create policy not_yet on unguarded using (noted(owner));
