-- Errors of the server for which the help is derived from the text of the statement.
--@ scope system: "mistakes only"

--! misspelled
selct id from content;
--<^^^^^ error[syntax]: syntax error at or near "selct"
-- help: did you mean `select`?

--! misspelled_before
select id from content whre id = :id;
--                          ^^ error[syntax]: syntax error at or near "id"
-- help: did you mean `where`?

--! comma
select id, title, from content;
--                ^^^^ error[syntax]: syntax error at or near "from"
-- help: remove the comma before it

--! unclosed
select id from content where (title = :title and id = :id;
--                                                    ^^^ error[syntax]: syntax error at end of input
-- help: close it

--! backticks
select `id` from content;
--          ^^^^ error[syntax]: syntax error at or near "from"
-- help: SQL has no backticks: put names in double quotes, or leave them unquoted

--! question_mark
select id from content where id = ?;
--                                ^ error[syntax]: syntax error
-- help: name the parameter: `:name`

--! operator_of_json
select id, from content where '{"a": 1}'::jsonb ? 'a';
--         ^^^^ error[syntax]: syntax error at or near "from"
-- help: remove the comma before it

--! double_quotes
select id from content where title = "zebra";
--                                   ^^^^^^^ error[unknown-column]: column "zebra" does not exist
-- help: put strings in single quotes: `'zebra'`

--! quoted_name
select "Title" from content;
--     ^^^^^^^ error[unknown-column]: column "Title" does not exist
-- help: content.title

--! twice_equal
select id from content where id == :id;
--                              ^^ error[unknown-function]: operator does not exist: uuid == unknown
-- help: use `=` for equality

--! one_parameter_of_two_types
select id from content where title = :x and id = :x;
--                                             ^ error[unknown-function]: operator does not exist: uuid = text
-- help: use two parameters, or cast `:x`

--! ambiguous
select id from content join users on users.id = creator_id;
--     ^^ error[ambiguous-column]: column reference "id" is ambiguous
-- help: say of which table: `table.id`

--! braces
select id from content where id = {id};
--                                ^ error[syntax]: syntax error at or near "{"
-- help: name the parameter: `:name`

--! percent
select id from content where id = %s;
--                                ^ error[syntax]: syntax error at or near "%"
-- help: name the parameter: `:name`

--! at_sign
select id from content where id = @id;
--                                ^ error[unknown-function]: operator does not exist: @ uuid
-- help: name the parameter: `:name`

--! any_of
select id from content where id = any :ids;
--                                    ^^^^ error[syntax]: syntax error at or near ":ids"
-- help: `any (:ids)`

--! one_too_many
insert into content (creator_id) values (:creator_id, :title);
--                                                    ^^^^^^ error[syntax]: INSERT has more expressions than target columns

--! called_otherwise
select c.id from content where c.id = :id;
--     ^ error[unknown-table]: missing FROM-clause entry for table "c"
-- help: no table in FROM is called `c`

--! typeset_quotes
select id from content where title = ‘x’;
--                                   ^^^ error[unknown-column]: column "‘x’" does not exist
-- help: straight quotes

--! dollar_braces
select id from content where id = ${id};
--                                ^ error[syntax]: syntax error at or near "$"
-- help: name the parameter: `:name`

--! variable_of_psql
select id from content where id = :'id';
--                                ^ error[syntax]: syntax error at or near ":"
-- help: name the parameter: `:name`

--! quoted_parameter
select id from content where id = ':id';
--                                ^^^^^ error[type-mismatch]: invalid input syntax for type uuid: ":id"
-- help: write the parameter without quotes: `:id`

--! name_of_two_parts
select c.idd from content c;
--     ^^^^^ error[unknown-column]: column c.idd does not exist
-- help: c.id

--! any_of_one
select id from content where 'a' = any (title);
--                               ^ error[sql]: op ANY/ALL (array) requires array on right side
-- help: compare a single value with `=`

--! renamed_column
select c.id, c.headline from content as c where c.position = :position;
--           ^^^^^^^^^^ error[unknown-column]: column c.headline does not exist
-- help: the columns of `content` are id, creator_id, title, status, position, place, deleted_at

--! renamed_column_of_one_table
select id, headline from content;
--         ^^^^^^^^ error[unknown-column]: column "headline" does not exist
-- help: the columns of `content` are id

--! renamed_column_of_a_target
insert into grouped (id, creator_id, headline) values (:id, :creator_id, :headline);
--                                   ^^^^^^^^ error[unknown-column]: column "headline" of relation "grouped" does not exist
-- help: the columns of `grouped` are id, creator_id, title

--! renamed_value
select id from users where mood = 'furious';
--                                ^^^^^^^^^ error[type-mismatch]: invalid input value for enum mood: "furious"
-- help: the values are 'happy', 'sad'
