//! `Executor` is sealed: other crates cannot implement it.

struct Elsewhere;

impl sqlward::Executor for Elsewhere {}

fn main() {}
