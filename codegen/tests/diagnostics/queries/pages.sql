-- Pages, and the orders that they need.
--@ scope creator

--! no_order
--@ page
--<^^^^^^^^ error[stable-order]: a page needs an ORDER BY: otherwise rows can be repeated or skipped
-- help: add `order by id`
select id from content where creator_id = :creator_id;

--! not_unique
--@ page
select c.title from content c where c.creator_id = :creator_id order by c.title;
--                                                                      ^ error[stable-order]: it does not end in a unique key
-- help: add `, c.id` to the order

--! a_key_of_one_table
--@ page
select u.name from content c join users u on u.id = c.creator_id where c.creator_id = :creator_id order by u.id;
--                                                                                                         ^ error[stable-order]: it does not end
-- help: add `, c.id` to the order

--! enough
--@ page
select u.name from content c join users u on u.id = c.creator_id where c.creator_id = :creator_id order by c.id;

--! groups
--@ page
select status, position, count(*) from content where creator_id = :creator_id group by status, position order by status;
--                                                                                                               ^^^^^^ error[stable-order]: it does not end
-- help: add `, content.position` to the order

--! all_groups
--@ page
select status, count(*) from content where creator_id = :creator_id group by status order by count(*), status;

--! in_one_sort
--@ page
select id, title from content where creator_id = :creator_id
order by title, id                                              --? sort title
--  order by title                                              --? sort short
--           ^^^^^ error[stable-order]: it does not end
;

--! except_of_nulls
--@ page
select id, code from coded where creator_id = :creator_id except select 1, 'a' order by code;
--                                                                                      ^^^^ error[stable-order]: it does not end
-- help: order by columns that together are unique

--! union_all
--@ page
select title from content where creator_id = :creator_id union all
select title from content where creator_id = :creator_id order by title;
--                                                                ^^^^^ error[stable-order]: it does not end
-- help: order by columns that together are unique

--! union_of_all
--@ page
select title from content where creator_id = :creator_id union
select status from content where creator_id = :creator_id order by title;

--! total_of_what
--@ page totals
--       ^^^^^^ error[annotation]: unexpected `totals`
-- help: `--@ page total`
select id from content where creator_id = :creator_id order by id;

--! key_that_is_null
--@ keyset
select position, id from content where creator_id = :creator_id order by position, id;
--                                                                       ^^^^^^^^ error[page]: `position` can be NULL
-- help: exclude such rows, `and ... is not null`, or select and order by `coalesce(

--! key_not_selected
--@ keyset
select title from content where creator_id = :creator_id order by title, id;
--                                                                       ^^ error[page]: this is not in the result

--! key_of_another_name
--@ keyset
select lower(status) as status, id from content where creator_id = :creator_id order by status, id;
--                                                                                      ^^^^^^ error[page]: this means something else in WHERE

--! key_of_another_order
--@ keyset
--@ allow opaque: "compares words"
select grade, id from graded where creator_id = :creator_id order by grade, id;
--                                                                   ^^^^^ error[page]: this is sorted by one order
-- help: add their schema

--! key_by_number
--@ keyset
select title, id from content where creator_id = :creator_id order by 1, id;
--                                                                    ^ error[page]: pages by cursor cannot be ordered by column number

--! no_where
--@ scope system: "mistakes only"
--@ keyset
--<^^^^^^^^^^ error[page]: the statement has no WHERE
-- help: write `where true`
select id from content order by id;

--! or_in_where
--@ keyset
select id from content where creator_id = :creator_id and status = 'draft' or creator_id = :creator_id order by id;
--                                                                         ^^ error[page]: the condition for the cursor is added to this WHERE with AND
-- help: put the OR in parentheses

--! grouped
--@ keyset
select status from content where creator_id = :creator_id group by status order by status;
--                                                        ^^^^^ error[page]: pages by cursor need a plain SELECT

--! arm_without_where
--@ keyset
--<^^^^^^^^^^ error[page]: pages by cursor need a plain SELECT
-- help: put all but the order into a subquery
select 'a' as title union select title from content where creator_id = :creator_id order by title;

--! two_ways
--@ page
--@ keyset
--<^^^^^^^^^^ error[annotation]: paging is given twice
select id from content where creator_id = :creator_id order by id;

--! page_of_an_update
--@ page
--<^^^^^^^^ error[syntax]: syntax error at or near "limit"
-- help: remove `--@ page`
update content set title = :title where id = :id and creator_id = :creator_id;

--! taken_names
--@ page
select id from content where creator_id = :creator_id and title <> :page and title <> :scope order by id;
--                                                                 ^^^^^ warning[parameter-name]: this argument of the function is named `page_2`
--                                                                                    ^^^^^^ warning[parameter-name]: since `scope` is the token
-- help: give the parameter another name

--! names_of_fields
--@ page
select id from content where creator_id = :creator_id and title not in (:page, :scope, :db, :tx) order by id;
