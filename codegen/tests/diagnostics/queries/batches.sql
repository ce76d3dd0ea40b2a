-- Invalid batches.
--@ scope system: "mistakes only"

--! nothing_differs
--@ batch
--<^^^^^^^^^ error[batch]: nothing differs from one call of this batch to the next
-- help: remove `--@ batch`
select count(*) from content;

--! the_same_for_all
--@ batch with id
--<^^^^^^^^^^^^^^^^^ error[batch]: nothing differs from one call of this batch to the next
-- help: a parameter that differs
select title from content where id = :id;

--! not_there
--@ batch with statsu
--             ^^^^^^ error[annotation]: the statement has no parameter `:statsu`
-- help: did you mean `status`?
select title from content where id = :id and status <> :status;

--! a_list_of_lists
--@ batch
--<^^^^^^^^^ error[batch]: this statement takes a list of items already
-- help: `unnest` is one call for all items
insert into content (creator_id, title)
select i.creator_id, i.title from unnest(:creator_id::text[], :title::text[]) i (creator_id, title);

--! lines_that_may_be_missing
--@ batch
select id from content
where creator_id = :creator_id
  and status = 'draft' --? draft
--                         ^^^^^ error[annotation]: a batch runs one text
-- help: write a query for each text
;

--! pages
--@ batch
--@ page
--<^^^^^^^^ error[annotation]: a `--@ batch` cannot have `--@ page`
-- help: a query of its own
select id from content where creator_id = :creator_id order by id;

--! streams
--@ batch
--@ stream
--<^^^^^^^^^^ error[annotation]: a `--@ batch` cannot have `--@ stream`
select id from content where creator_id = :creator_id;
