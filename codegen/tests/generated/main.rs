//! The generated crate: that it compiles, whatever the names and texts in it, and that it is written and found stale
//! as it should. Catalogs are made by hand here; no PostgreSQL is needed.

mod build_script;
mod compiles;
mod freshness;
mod model;
mod reads_well;
