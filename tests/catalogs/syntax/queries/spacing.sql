-- Whitespace and line breaks in unusual places, and SQL that is hard to split into tokens. ; ' "
--@ scope system: "a catalog without tenants"

--!compact(country?):(country?)
select country from authors where country is not distinct from :country;
--!    spaced     (   country?   ,)     :     (   country?  ,)
select country from authors where country is not distinct from :country;

--:Tight(country?)
--!tight:Tight
select id,country from authors;

--! semicolons
select ';' as a, 'it''s; :no' as b, $$;:no$$ as c, $tag$; $$ :no$tag$ as d, 1 as "e:no", 2 as "f;";

--! escapes
select E'\'; :no' as a, E'\\' as b, 'back\slash' as c, U&'d\0061t' as d;

--! casts
select :a::text || :b::text as joined, 1::text::integer as one, '{1,2,3}'::int[] as "array";

--! comments
-- A comment with a :param and a ; in it.
select name -- and another: '
from authors -- :no
where id = :id;

--! operators
select 1 - -1 as minus, - 2 as negative, 7 % :divisor as rest, '{"a":1}'::jsonb -> 'a' as field;

--! twice
select :name::text as name, :other::text as other, :name::text || :other::text as both;

--! many_lines


select
  id,

  name
from
  authors

where
  id = :id
;

--! no_result_and_no_parameters
update authors set country = null;

--! between_dates (since, until) : (born?)
select name, born from authors where born between :since and :until;
