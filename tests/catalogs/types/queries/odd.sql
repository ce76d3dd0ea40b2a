--@ scope system: "names only"

--! match
select 1 as one;

--! insert_odd : Odd
--- Quotes "and" \backslashes\, */ and ``` in the words, and in the literal below: ‮.
insert into "odd names; drop table samples --"
  ("type", "match", "self", "Self", "crate", "1st column", "two  words", "two_words", "quote""d", "back\slash", "*/ } fn main() {", "ünïcode", "async")
values (:type, :match, ':not_a_param "#', E'it''s \\ \' :no', $tag$ */ /// "#" $1 :no $tag$, :fn, 'b', 'c', 'd', 'e', 'f', 'g', null)
returning *;

--! literals
select 'a' || '*/' as "*/", '"#' as "quote""d", E'\n' as newline, $$`````$$ as ticks, '‮' as bidi /* nested /* comment */ */
from (values (1)) as "odd "" alias" (n) where n = :n;
