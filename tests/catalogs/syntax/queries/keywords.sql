-- Names that are keywords.
--@ scope system: "a catalog without tenants"

--! match : (async?, "a name"?)
select "type", "match", "async", "a name" from keywords where "type" = :type;

--! insert_keyword (async?)
insert into keywords ("type", "match", "async", "order") values (:type, :match, :async, :order);

--! type
select "type" from keywords;

--! fn (in?) : Struct(where?)
select "order" as "fn", :in::text as "where" from keywords;
