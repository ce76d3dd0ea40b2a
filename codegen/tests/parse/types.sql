--: Author(name?, "odd name"?) : Eq, std::hash::Hash
--# serde(rename_all = "camelCase")
--& serde(borrow)

--: Author()
-- error[annotation] "Author": the type `Author` is declared twice

--: Fieldless
-- error[annotation] "": the type's fields are missing

--: (a?)
-- error[annotation] "(a?)": the type's name is missing

--: Traits() : Eq,
-- error[annotation] "": a trait is missing here

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
-- error[annotation] "--# derive(Clone)": belongs to no query and to no type

--! attributes
--#
-- error[annotation] "--#": the attribute is missing here
--# #[inline]
-- error[annotation] "#[inline]": are added later
--# doc = "x"] pub fn evil() {} #[inline
-- error[annotation] "doc = "x"] pub fn evil() {} #[inline": the brackets of this attribute do not match
--# doc = "unclosed
-- error[annotation] "doc = "unclosed": do not match
--# inline // ]
-- error[annotation] "inline // ]": do not match
--# doc = "[ is fine"
--& serde(borrow)
select 1;
