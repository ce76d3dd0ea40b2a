//! `sqlward::testing`, used as the tests of an application use it.

mod databases;
mod processes;
