-- Names that PostgreSQL does not find, or finds more than once.
--@ scope system: "mistakes only"

--! unknown_column
select id, titel from content;
--         ^^^^^ error[unknown-column]: column "titel" does not exist
-- help: title

--! unknown_qualified_column
select c.id
from content c
where c.delted_at is null;
--    ^^^^^^^^^^^ error[unknown-column]: column c.delted_at does not exist
-- help: deleted_at

--! unknown_table
select id from contents;
--             ^^^^^^^^ error[unknown-table]: relation "contents" does not exist
-- help: did you mean `content`?

--! unknown_function
select shuot(title) from content;
--     ^^^^^ error[unknown-function]: function shuot(character varying) does not exist
-- help: did you mean `shout`?

--! nearly_a_function
select lowr(title) from content;
--     ^^^^ error[unknown-function]: function lowr(character varying) does not exist
-- help: did you mean `lower`?

--! wrong_types
select strpos(title, 1) from content;
--     ^^^^^^ error[unknown-function]: function strpos(character varying, integer) does not exist
-- help: No function matches

--! unknown_type
select title::uid from content;
--            ^^^ error[unknown-type]: type "uid" does not exist
-- help: uuid

--! ambiguous
select id from content join users on users.id = creator_id;
--     ^^ error[ambiguous-column]: column reference "id" is ambiguous
-- help: say of which table

--! after_a_parameter_and_a_comment
select id /* a comment that does not ship */ from content -- another
where title = :title and 'ünïcode' <> title and creator = :title;
--                                              ^^^^^^^ error[unknown-column]: column "creator" does not exist
-- help: creator_id
