//! The `sqlward` command.
fn main() {}
