--: Author(name?, "odd name"?) : Eq, std::hash::Hash
--# serde(rename_all = "camelCase")
--& serde(borrow)

--: Author()
-- error[annotation] "Author": the type `Author` is declared twice

--: Fieldless
-- error[annotation] "": expected the fields of the type, at least `()`

--: (a?)
-- error[annotation] "(a?)": expected a type name

--: Traits() : Eq,
-- error[annotation] "": expected a trait

--: Paths() : a:b
-- error[annotation] "a:b": is not the path of a trait

--: Params(gone?)
-- error[annotation] "gone": the statement has no parameter `:gone`

--! by_reference Params : Author
select :a::int;

--! inline : Author(name?)
-- error[annotation] "Author": the type `Author` is declared twice
select 1 as name;

--! misspelled Parms : Author
-- error[annotation] "Parms": did you mean `Params`?
select :a::int;

--! a_table_may_give_the_name : Content
select * from content;

--# derive(Clone)
-- error[annotation] "--# derive(Clone)": this attribute does not belong to a query or a type

--! attributes
--#
-- error[annotation] "--#": expected an attribute
--# #[inline]
-- error[annotation] "#[inline]": an attribute is written without `#[` and `]`
--# doc = "x"] pub fn evil() {} #[inline
-- error[annotation] "doc = "x"] pub fn evil() {} #[inline": unbalanced brackets in this attribute
--# doc = "unclosed
-- error[annotation] "doc = "unclosed": unbalanced brackets in this attribute
--# inline // ]
-- error[annotation] "inline // ]": unbalanced brackets in this attribute
--# doc = "[ is fine"
--& serde(borrow)
select 1;
