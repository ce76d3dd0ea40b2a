-- Annotations that contradict the statement.
--@ scope system: "mistakes only"

--! no_such_column : (titel?)
--                    ^^^^^ error[annotation]: the query has no column `titel`
-- help: did you mean `title`?
select title from content;

--! no_such_scope
--@ scope creater
--        ^^^^^^^ error[unknown-scope]: sqlward.toml has no scope `creater`
-- help: did you mean `creator`?
select title from content where creator_id = :creator_id;

--! row_one : Shape
select id from content;

--! row_two : Shape
--            ^^^^^ error[row-name]: the row `Shape` has different columns in `annotations::row_one`
select title, id from content;

--! cardinality_without_rows
--@ one
--<^^^^^^^ error[cardinality]: on a query that returns no columns
delete from content where id = :id;

--! grants_what_is_not_there
--@ grants creator
--         ^^^^^^^ error[annotation]: the query returns no column `creator_id`
select id from users where email = :email;

--! two_tokens_for_one_parameter
--@ scope creator, author
--                 ^^^^^^ error[annotation]: the tokens of `creator` and `author` both fill `:creator_id`
-- help: claim one of them, or give one another `param` in sqlward.toml
select title from content where creator_id = :creator_id;
