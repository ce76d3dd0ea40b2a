-- A plain comment. --@ not a directive
--@ scope creator
--@ scope organization
-- error[annotation] "--@ scope organization": above the first query it applies to the whole file

--@ scpoe creator
-- error[annotation] "scpoe": did you mean `--@ scope`?

--@ zebra
-- error[annotation] "zebra": the directives are scope, allow

--@
-- error[annotation] "": expected a directive after `--@`

--@ allow soft-delete: "history is shown"
--! waiting_lines
--@ allow soft-delete content: "and here too"
--@ allow soft-delete: "again"
-- error[annotation] "--@ allow soft-delete: "again"": `--@ allow soft-delete` is given twice
--@ allow soft_delete: "x"
-- error[annotation] "soft_delete": did you mean `soft-delete`?
--@ allow: "x"
-- error[annotation] ":": expected the rule to waive
--@ allow opaque
-- error[annotation] "": write `--@ allow opaque: "why this is right"`
--@ allow opaque public.content
-- error[annotation] "": write `--@ allow opaque public.content: "why this is right"`
--@ allow opaque: why
-- error[annotation] "why": in double quotes
--@ allow opaque: "why
-- error[annotation] ""why": has no closing quote
--@ allow opaque: "why" not
-- error[annotation] ""why" not": unexpected text after the reason
--@ allow opaque: " "
-- error[annotation] "" "": the reason is empty
--@ allow opaque: "a \"quoted\" reason"
select 1;

--@ scope creator, organization
--! scopes
--@ scope user
-- error[annotation] "--@ scope user": `--@ scope` is given twice
select 1;

--! more_scopes
--@ scope
-- error[annotation] "": expected a scope name
--@ scope creator,
-- error[annotation] "": expected a scope name
--@ scope creator, creator
-- error[annotation] "creator": the scope `creator` is claimed twice
--@ scope creator organization
-- error[annotation] "organization": only `--@ scope system` takes a reason; separate scopes with commas
--@ scope creator: "x"
-- error[annotation] ": "x"": only `--@ scope system` takes a reason
--@ scope system
-- error[annotation] "": write `--@ scope system: "why this is right"`
--@ scope system, creator
-- error[annotation] "system": `system` cannot be combined with another scope
--@ scope system: ""
-- error[annotation] """": the reason is empty
--@ scope system: "a job"
select 1;

--! cardinality
--@ one
--@ many
-- error[annotation] "--@ many": the cardinality is given twice
--@ one row
-- error[annotation] "row": unexpected `row`
--@ exec
-- error[annotation] "exec": unknown directive `--@
select 1;

--! params
--@ param status text
--@ param statsu text
-- error[annotation] "statsu": did you mean `status`?
--@ param status varchar(20)
-- error[annotation] "--@ param status varchar(20)": given twice
--@ param other
-- error[annotation] "other": expected the type of `other`
--@ param
-- error[annotation] "": expected a parameter name
--@ param :ids uuid[]
-- error[annotation] ":ids": expected a parameter name
--@ param ids uuid[]
--@ param price numeric(10, 2)
--@ param mood public."Odd Mood"
--@ param evil text); drop table users
-- error[annotation] "text); drop table users": is not the name of an SQL type
--@ param evil text -- comment
-- error[annotation] "text -- comment": is not the name of an SQL type
--@ param evil 'x'
-- error[annotation] "'x'": is not the name of an SQL type
select :status, :ids, :price, :mood;

--! pages
--@ page
--@ stream
-- error[annotation] "--@ stream": a page cannot be combined with `--@ stream`
--@ tx
--@ tx
-- error[annotation] "--@ tx": given twice
select 1;

--! pages_of_many
--@ page
--@ many
select 1;

--! tokens
--@ grants organization
--@ page
-- error[annotation] "--@ page": a query that grants a scope cannot be paged
--@ grants
-- error[annotation] "": expected a scope name
--@ grants system
-- error[annotation] "system": no query can grant system scope
select 1;

--! roles
--@ scope organization as
-- error[annotation] "": expected a role name
--@ scope organization as 1
-- error[annotation] "1": `1` cannot be a role name
--@ scope system as owner
-- error[annotation] "owner": system scope has no roles
--@ scope organization of manager
-- error[annotation] "of manager": unexpected `of manager`
--@ scope organization as manager, organization
-- error[annotation] "organization": claimed twice
--@ scope organization as as, user
--@ grants organization as
-- error[annotation] "": expected a role name
--@ grants organization as self
-- error[annotation] "self": `self` cannot be a role name
--@ grants organization as manager admin
-- error[annotation] "admin": unexpected `admin`
--@ grants organization as manager
select 1;

--! plain_json
--@ json members
--@ json "the members"
--@ json members
-- error[annotation] "--@ json members": given twice
--@ json
-- error[annotation] "": expected a column name
--@ json members, others
-- error[annotation] ", others": takes no arguments
select 1;

--! no_space
--@tx
select 1;

--! copy_of_nothing
--@ copy
-- error[annotation] "": expected a table name

--! copy_without_columns
--@ copy notes
-- error[annotation] "": expected a list of columns in parentheses; write `--@ copy notes(title, body)`

--! copy_without_a_column
--@ copy notes()
-- error[annotation] ")": expected a column name

--! copy_without_an_end
--@ copy notes(title, body
-- error[annotation] "": expected `,` or `)`

--! copy_of_more
--@ copy notes(title) where true
-- error[annotation] "where true": unexpected `where true`; write `--@ copy notes(title, body)`

--! copy_of_a_number
--@ copy notes(1st)
-- error[annotation] "1st": `1st` is not a valid SQL name; put the name in double quotes

--! copy_twice
--@ copy notes(title)
--@ copy notes(body)
-- error[annotation] "--@ copy notes(body)": `--@ copy` is given twice

--! batch_of_more
--@ batch 100
-- error[annotation] "100": unexpected `100`; write `--@ batch`, or `--@ batch with now`
select :a;

--! batch_with_nothing
--@ batch with
-- error[annotation] "": expected a parameter name; write `--@ batch`
select :a;

--@ tx
-- error[annotation] "--@ tx": no query follows this directive
