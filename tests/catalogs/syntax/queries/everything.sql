-- A round trip of every type.
--@ scope system: "a catalog without tenants"

--! insert_everything
insert into everything (bool_, char_, smallint_, int_, bigint_, real_, double_, numeric_, text_, varchar_, bpchar_, name_,
  bytea_, date_, time_, timestamp_, timestamptz_, uuid_, inet_, json_, jsonb_)
values (:bool_, :char_, :smallint_, :int_, :bigint_, :real_, :double_, :numeric_, :text_, :varchar_, :bpchar_, :name_,
  :bytea_, :date_, :time_, :timestamp_, :timestamptz_, :uuid_, :inet_, :json_, :jsonb_);

--! select_everything : Everything()
select * from everything;

--! select_everything_nullable : EverythingNullable(bool_?, char_?, smallint_?, int_?, bigint_?, real_?, double_?, numeric_?, text_?, varchar_?, bpchar_?, name_?, bytea_?, date_?, time_?, timestamp_?, timestamptz_?, uuid_?, inet_?, json_?, jsonb_?)
select * from everything;

--! insert_arrays
insert into everything_array (bool_, smallint_, int_, bigint_, real_, double_, numeric_, text_, varchar_, bytea_, date_, time_,
  timestamp_, timestamptz_, uuid_, inet_, jsonb_, mood_, email_, contact_)
values (:bool_, :smallint_, :int_, :bigint_, :real_, :double_, :numeric_, :text_, :varchar_, :bytea_, :date_, :time_,
  :timestamp_, :timestamptz_, :uuid_, :inet_, :jsonb_, :mood_, :email_, :contact_);

--! select_arrays
select * from everything_array;

--! merge_keyword
merge into keywords k using (select :type::integer as "type", :words::text as words) s on k."type" = s."type"
when matched then update set "match" = s.words
when not matched then insert ("type", "match", "order") values (s."type", s.words, 0);
