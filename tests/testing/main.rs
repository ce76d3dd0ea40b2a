//! Tests of `sqlward::testing`, used as in the tests of an application.

mod databases;
mod processes;
