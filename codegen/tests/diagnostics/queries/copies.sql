-- Copies that would do something else than the INSERT that is analysed in their place.
--@ scope system: "mistakes only"

--! misspelled_column
--@ copy content(creator_id, titel)
--                           ^^^^^ error[unknown-column]: column "titel" of relation "content" does not exist
-- help: did you mean `title`?

--! misspelled_table
--@ copy contents(creator_id, title)
--       ^^^^^^^^ error[unknown-table]: relation "contents" does not exist
-- help: did you mean `content`?

--! column_twice
--@ copy content(creator_id, title, title)
--                                  ^^^^^ error[ambiguous-name]: column "title" specified more than once

--! a_keyword
--@ copy content(creator_id, order)
--                           ^^^^^ error[syntax]: syntax error at or near "order"

--! a_domain_that_is_not_asked
--@ copy ranked(label)
--<^^^^^^^^^^^^^^^^^^^^^^ error[copy]: COPY would set `level` to NULL without checking its domain public.rank
-- help: list the column, as nullable if its domain allows NULL: `

--! row_level_security
--@ copy guarded(label)
--       ^^^^^^^ error[copy]: `guarded` has row-level security, which COPY does not support
-- help: write an INSERT from `unnest`

--! rules
--@ copy rewritten(label)
--       ^^^^^^^^^ error[copy]: `rewritten` has rules for INSERT, which COPY bypasses
-- help: write an INSERT from `unnest`

--! a_view
--@ copy labels(label)
--       ^^^^^^ error[copy]: `labels` is not a table
-- help: write an INSERT from `unnest`

--! an_identity
--@ copy counted(number, label)
--<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[sql]: cannot insert a non-DEFAULT value into column "number"
-- help: leave the column out: PostgreSQL generates its values

--! a_computed_column
--@ copy counted(long, label)
--<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[sql]: cannot insert a non-DEFAULT value into column "long"
-- help: leave the column out: PostgreSQL generates its values

--! a_catalog
--@ copy pg_class(relname)
--       ^^^^^^^^ error[copy]: `pg_class` is not a table of the schema

--! a_statement_besides
--@ copy content(creator_id, title)
insert into content (creator_id, title) values (:creator_id, :title);
--<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[syntax]: this query already has a statement, and `--@ copy` stands for another
-- help: remove the statement or the directive

--! an_untyped_column
--@ copy content(creator_id, title, place)
--                                  ^^^^^ error[rust-type]: parameter `:place` is of type point, which has no Rust type

--! what_it_cannot_have
--@ copy content(creator_id, title)
--@ many
--<^^^^^^^^ error[annotation]: `--@ copy` cannot be combined with `--@ many`
--@ param title text
--        ^^^^^ error[annotation]: `--@ copy` cannot be combined with `--@ param`
-- help: the table's columns give the types of the items: remove this line
--@ batch
--<^^^^^^^^^ error[annotation]: `--@ copy` cannot be combined with `--@ batch`

--! what_is_said_of_nothing (titel?)
--                           ^^^^^ error[annotation]: the statement has no parameter `:titel`
-- help: did you mean `title`?
--@ copy content(creator_id, title)

--! to_whom_it_refers
--- A bare value may be anybody's id.
--@ scope creator
--@ copy grouped_parts(grouped_id)
--                     ^^^^^^^^^^ error[foreign-reference]: grouped_id of `grouped_parts` may refer to a row of `grouped` outside the caller's scope
-- help: COPY does not check values: insert from `unnest` instead, and take it from a row that is in scope
