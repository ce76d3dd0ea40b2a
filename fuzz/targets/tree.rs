//! Any text that a server could print for a tree is read into a tree or an error, without a panic.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sqlward_codegen::tree::{read_expr, read_query, read_stored_query};

fuzz_target!(|text: &str| {
    let _ = read_query(text);
    let _ = read_stored_query(text);
    let _ = read_expr(text);
});
